using System.Text;
using EventCheckpoints.Host;
using EventCheckpoints.Host.Cli;
using Microsoft.Win32.SafeHandles;

// A large tree is many small pieces; errors and the end of each command flush what is before them.
var output = new StreamWriter(StandardOutput(), new UTF8Encoding(false), 65536) { NewLine = "\n" };
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

// The console's own stream does not say that nobody reads any more. That of the handle does, and would keep a position of its own in a file that others write to as well.
static Stream StandardOutput()
{
    var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    return direct.CanSeek ? Console.OpenStandardOutput() : direct;
}
