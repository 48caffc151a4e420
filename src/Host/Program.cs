using EventCheckpoints.Host;
using EventCheckpoints.Host.Cli;

return await CommandLine.RunAsync(args, ProcessVerbs.All, Console.Out, Console.Error, Console.In);
