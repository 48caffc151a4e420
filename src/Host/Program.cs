using System.CommandLine;
using EventCheckpoints.Host;

var root = new RootCommand("EventCheckpoints");
foreach (var verb in ProcessVerbs.All) root.Subcommands.Add(verb);
// Stopping the embedded PostgreSQL takes as long as its last checkpoint.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
