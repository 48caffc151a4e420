using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>One way: Domain knows the framework only, Projections knows no host, and only the write path appends.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Domain_references_the_framework_only() =>
        Assert.All(
            typeof(DomainState).Assembly.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void Projections_do_not_know_the_host() =>
        Assert.DoesNotContain("eventcheckpoints", typeof(Forests).Assembly.GetReferencedAssemblies().Select(reference => reference.Name));

    [Fact]
    public void Only_the_write_paths_append()
    {
        var source = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(source.FullName, "EventCheckpoints.sln"))) source = source.Parent!;
        var appending = Directory.EnumerateFiles(Path.Combine(source.FullName, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file) is var text
                && (text.Contains(".Events.Append", StringComparison.Ordinal) || text.Contains("StartStream(", StringComparison.Ordinal)
                    || text.Contains("insert into {Schema.Name}.mt_", StringComparison.OrdinalIgnoreCase)))
            .Select(Path.GetFileName);
        // The one for domains, and the one for audit records.
        Assert.Equal(["AuditWriter.cs", "Submit.cs"], appending.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Domain_does_not_wait()
    {
        var calls = typeof(DomainState).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.DeclaringType?.Assembly == typeof(DomainState).Assembly).Where(method => typeof(Task).IsAssignableFrom(method.ReturnType));
        Assert.Empty(calls);
    }
}
