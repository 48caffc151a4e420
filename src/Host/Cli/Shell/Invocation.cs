using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>What holds for every command of a run.</summary>
/// <param name="Quiet">No messages of success, no table headers, no empty line after each command (virsh -q).</param>
/// <param name="Json">Read words print the API's JSON.</param>
/// <param name="Change">What goes with every command that changes something.</param>
public sealed record Session(Api Api, WordTable Words, bool Quiet = false, bool Json = false, Change? Change = null)
{
    /// <summary>What the files in commands are relative to.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The zone that times are shown in.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;
}

/// <summary>One run of a word: its options, its output, the server.</summary>
public sealed class Invocation(ParsedCommand command, Session session, TextWriter output, TextWriter error)
{
    public TextWriter Out => output;

    public TextWriter Errors => error;

    public Api Api => session.Api;

    public Session Session => session;

    /// <summary>The exit code of a word that does not fail.</summary>
    public int Success { get; set; } = Runner.Success;

    public bool WantsJson => session.Json || Has("json");

    /// <summary>What is printed is a document of its own, so that virsh's empty line behind it would spoil it.</summary>
    public bool IsDocument { get; set; }

    public Change Change => new(
        Given("reason") ?? session.Change?.Reason,
        Given("if-version") ?? session.Change?.IfVersion);

    public bool Has(string option) => command.Given.Any(given => given.Option.Name == option);

    /// <summary>An option's text; null where it was not given.</summary>
    public string? Given(string option) => command.Given.Where(given => given.Option.Name == option).Select(given => given.Value).FirstOrDefault();

    /// <summary>All texts of an option that takes the rest.</summary>
    public IEnumerable<string> Rest(string option) => command.Given.Where(given => given.Option.Name == option).Select(given => given.Value);

    /// <summary>Where a file named in the command is.</summary>
    public string Locate(string file) => Path.Combine(session.Directory, file);

    /// <summary>An option's text, null where it was not given (vshCommandOptStringReq).</summary>
    /// <returns>False, with the error printed, for an empty one.</returns>
    public bool Text(string option, out string? value)
    {
        value = Given(option);
        return value is not "" || Fail($"Failed to get option '{option}': Option argument is empty");
    }

    /// <summary>Prints what a successful command says, unless quiet (vshPrintExtra).</summary>
    public void Say(string text)
    {
        if (!session.Quiet) output.Write(text);
    }

    /// <summary>Prints an error behind what was printed so far (vshError).</summary>
    public bool Fail(string sentence)
    {
        output.Flush();
        error.Write($"error: {sentence}\n");
        return false;
    }

    /// <summary>Prints what the server said no with, in virsh's words where virsh words it itself.</summary>
    public bool Fail(Problem problem) =>
        Fail(problem.Rule == "domain-not-found" && Has("domain") ? $"failed to get domain '{Given("domain")}'" : problem.Detail);

    /// <returns>The value, or false with the refusal printed.</returns>
    public bool Got<T>(Reply<T> reply, [NotNullWhen(true)] out T? value)
        where T : class
    {
        value = reply.Value;
        return value is not null || Fail(reply.Problem!);
    }

    /// <summary>The domain that option "domain" names, as a path of the API. Whether it is there the server tells with the first answer.</summary>
    public bool Domain([NotNullWhen(true)] out string? path)
    {
        path = null;
        if (!Text("domain", out var name)) return false;
        // A path cannot hold names such as "..", and no domain's name has a slash.
        if (!DomainName.TryParse(name, out _) || name.AsSpan().Trim('.').IsEmpty) return Fail($"failed to get domain '{name}'");
        path = $"v1/domains/{Uri.EscapeDataString(name)}";
        return true;
    }

    /// <summary>The checkpoint that an option names (virshLookupCheckpoint).</summary>
    /// <returns>Null, with the error printed, where it was not given or can be no checkpoint's name; a missing domain is told first.</returns>
    public async Task<string?> Checkpoint(string option, string domain)
    {
        var name = Given(option);
        if (MomentName.TryParse(name, out _)) return name;
        if (!await Exists(domain)) return null;
        if (name is null) Fail($"--{option} is required");
        else if (Text(option, out _)) Fail($"Domain checkpoint not found: no domain checkpoint with matching name '{name}'");
        return null;
    }

    /// <summary>A path of the API with the flags that were given (<c>flag=true</c>), more of its query, and the point in the past.</summary>
    /// <param name="more">Parts of the query, escaped; empty ones are left out.</param>
    public string Ask(string path, IEnumerable<string>? flags = null, params IEnumerable<string> more)
    {
        var query = string.Join('&', (flags ?? []).Where(Has).Select(flag => $"{flag}=true")
            .Concat(more).Append(Given("at") is { } at ? $"at={Uri.EscapeDataString(at)}" : "").Append(Has("occurred") ? "by=occurred" : "")
            .Where(part => part.Length > 0));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    /// <summary>Prints the API's own answer.</summary>
    public async Task<bool> PrintJson(string path)
    {
        if (!Got(await Api.GetJson(Ask(path)), out var json)) return false;
        output.Write(json + "\n");
        return true;
    }

    /// <summary>Prints a view that was put together from several answers.</summary>
    public bool PrintAsJson<T>(T view)
    {
        output.Write(JsonSerializer.Serialize(view, Wire.Options) + "\n");
        return true;
    }

    /// <returns>False, with the error printed, where the domain is not registered.</returns>
    public async Task<bool> Exists(string domain) => Got(await Api.Get<DomainSummary>(Ask(domain)), out _);
}
