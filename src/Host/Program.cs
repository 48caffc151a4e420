Console.WriteLine("eventcheckpoints");
