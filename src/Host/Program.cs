using System.Text;
using EventCheckpoints.Host;
using EventCheckpoints.Host.Cli;

// A large tree is many small pieces; errors and the end of each command flush what is before them.
var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 65536) { NewLine = "\n" };
try
{
    var code = await CommandLine.RunAsync(args, ProcessVerbs.All, output, Console.Error, Console.In);
    await output.FlushAsync();
    return code;
}
catch (IOException e) when (e.HResult == 32)
{
    // EPIPE: whoever read it has seen enough, such as head(1).
    return 1;
}
