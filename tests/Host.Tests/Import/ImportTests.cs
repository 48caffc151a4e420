using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Host.Tests.Cli;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Import;

/// <summary>import: what is taken, in which forms, and what comes of it.</summary>
public sealed class ImportTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_store_of_many_domains_is_imported_whole_and_once()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("checkpoint/web"), "web", Guid.NewGuid().ToString(), "cp", 12, isStore: true);
        await OnDisk.ChainAsync(folder.In("checkpoint/mail"), "mail", Guid.NewGuid().ToString(), "m", 2, isStore: true);
        Directory.CreateDirectory(folder.In("checkpoint/empty"));
        var steps = await Run(folder, "import checkpoint --dry-run", "list --name", "import checkpoint --reason 'kvm7 is gone'", "import checkpoint", "checkpoint-list web --topological --name", "history web --json --limit 1000", "list --name");

        Assert.Equal("checkpoint/mail: libvirt's store, 2 checkpoints\ncheckpoint/web: libvirt's store, 12 checkpoints\nmail: 2 would be created, 0 would be redefined, 0 unchanged; current: m.2\nweb: 12 would be created, 0 would be redefined, 0 unchanged; current: cp.12\n\n", steps[0].Stdout);
        Assert.Equal("\n", steps[1].Stdout);
        Assert.EndsWith("mail: 2 created, 0 redefined, 0 unchanged; current: m.2\nweb: 12 created, 0 redefined, 0 unchanged; current: cp.12\n\n", steps[2].Stdout, StringComparison.Ordinal);
        Assert.EndsWith("mail: 0 created, 0 redefined, 2 unchanged; current: m.2\nweb: 0 created, 0 redefined, 12 unchanged; current: cp.12\n\n", steps[3].Stdout, StringComparison.Ordinal);
        Assert.Equal(string.Concat(Enumerable.Range(1, 12).Select(at => $"cp.{at}\n")) + "\n", steps[4].Stdout);
        var events = steps[5].Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)).ToArray();
        Assert.Equal(["domain_registered", "definition_recorded", "domain_defined", .. Enumerable.Repeat("checkpoint_redefined", 12)], events.Select(e => (string)e!["type"]!));
        Assert.All(events, e => Assert.Equal(("import", "kvm7 is gone"), ((string)e!["source"]!, (string)e["reason"]!)));
        Assert.Equal("mail\nweb\n\n", steps[6].Stdout);
    }

    /// <summary>libvirt-store is what libvirt 9.0 with QEMU 7.2 had on its disk, libvirt-dumps what its checkpoint-dumpxml --security-info printed at that time.</summary>
    [Theory]
    [InlineData("libvirt-store", "inc-tue", false)]
    [InlineData("libvirt-store", "inc-tue", true)]
    [InlineData("libvirt-store/web", "inc-tue", false)]
    [InlineData("libvirt-dumps/web-full-w40.xml libvirt-dumps/web-inc-tue.xml libvirt-dumps/web-inc-mon.xml", "inc-tue", false)]
    [InlineData("libvirt-store/web/inc-mon.xml libvirt-store/web/full-w40.xml", "inc-mon", false)]
    public async Task What_a_real_libvirt_had_is_given_back_letter_for_letter(string paths, string current, bool packed)
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        if (packed) await Tool.RunAsync("tar", ["-czf", folder.In("all.tar.gz"), "-C", Here(), paths]);
        var session = server.Session with { Directory = packed ? folder.Path : Here() };
        var import = (await server.Run($"import {(packed ? "all.tar.gz" : paths)}", session))[0];
        Assert.Equal((0, ""), (import.Rc, import.Stderr));
        Assert.Contains($"current: {current}\n", import.Stdout, StringComparison.Ordinal);
        var names = ((string[])["full-w40", "inc-mon", "inc-tue"]).TakeWhile(name => current != "inc-mon" || name != "inc-tue").ToArray();
        var dumps = await server.Run(string.Join('\n', names.Select(name => $"checkpoint-dumpxml web {name} --security-info")));
        foreach (var (name, dump) in names.Zip(dumps))
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Here(), $"libvirt-dumps/web-{name}.xml"), TestContext.Current.CancellationToken), dump.Stdout);
        if (paths != "libvirt-store") return;
        // The description, with marks, is the same from a dump without the domain.
        var again = (await server.Run("import libvirt-dumps/mail-monthly-alone.xml --domain mail --merge; checkpoint-dumpxml mail monthly --no-domain", server.Session with { Directory = Here() }))[1];
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Here(), "libvirt-dumps/mail-monthly-alone.xml"), TestContext.Current.CancellationToken), again.Stdout);
    }

    [Fact]
    public async Task A_name_that_another_domain_has_and_a_hold_are_refused_like_any_other_change()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([OnDisk.Domain("web", OnDisk.MailId)]);
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 2, isStore: true);
        Assert.Contains($"error: domain {OnDisk.WebId}: ", (await Run(folder, "import web"))[0].Stderr, StringComparison.Ordinal);
        await server.Reset([]);
        await Run(folder, "import web", "hold-place web cp.2 --id case --reason court");
        await File.WriteAllTextAsync(folder.In("web/cp.2.xml"), OnDisk.Warning + OnDisk.Checkpoint("cp.2", null, 1_700_000_002, OnDisk.Domain("web", OnDisk.WebId)), TestContext.Current.CancellationToken);
        Assert.Contains("legal hold 'case'", (await Run(folder, "import web --merge"))[0].Stderr, StringComparison.Ordinal);
        await Run(folder, "hold-release web case --reason over");
    }

    [Fact]
    public async Task One_domains_directory_and_its_dump_are_the_same()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 3, isStore: true);
        var dump = (await Run(folder, "import web", "dumpxml web --checkpoints --security-info"))[1].Stdout;
        await File.WriteAllTextAsync(folder.In("dump"), dump, TestContext.Current.CancellationToken);
        await server.Reset([]);
        var steps = await Run(folder, "import dump", "dumpxml web --checkpoints --security-info", "import web dump");
        Assert.Equal(".: saved XML, 3 checkpoints\nweb: 3 created, 0 redefined, 0 unchanged; current: cp.3\n\n", steps[0].Stdout);
        Assert.Equal(dump, steps[1].Stdout);
        Assert.Contains("error: dump: checkpoint 'cp.1' is in web/cp.1.xml too\n", steps[2].Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_virtnbdbackup_is_taken_by_its_list_of_names()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("backup/checkpoints"), "web", OnDisk.WebId, "virtnbdbackup", 11, isStore: false);
        await File.WriteAllTextAsync(folder.In("backup/web.cpt"), $"[{string.Join(", ", Enumerable.Range(1, 11).Select(at => $"\"virtnbdbackup.{at}\""))}]", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("backup/vmconfig.virtnbdbackup.0.xml"), OnDisk.Domain("web", OnDisk.WebId), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder.In("backup/vda.full.data"), new byte[1_000_000], TestContext.Current.CancellationToken);
        var steps = await Run(folder, "import backup", "checkpoint-list web --topological --name");
        Assert.Equal("backup/checkpoints: a backup by virtnbdbackup, 11 checkpoints\nweb: 11 created, 0 redefined, 0 unchanged; current: virtnbdbackup.11\n\n", steps[0].Stdout);
        Assert.Equal(string.Concat(Enumerable.Range(1, 11).Select(at => $"virtnbdbackup.{at}\n")) + "\n", steps[1].Stdout);

        await File.WriteAllTextAsync(folder.In("backup/web.cpt"), "[\"virtnbdbackup.1\", \"virtnbdbackup.99\"]", TestContext.Current.CancellationToken);
        File.Delete(folder.In("backup/checkpoints/virtnbdbackup.11.xml"));
        var bad = (await Run(folder, "import backup"))[0];
        Assert.Contains("error: backup/web.cpt: it lists checkpoint 'virtnbdbackup.99', and no file has that\n", bad.Stderr, StringComparison.Ordinal);
        Assert.Contains("error: backup/checkpoints/virtnbdbackup.10.xml: checkpoint 'virtnbdbackup.10' is not listed in backup/web.cpt\n", bad.Stderr, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.In("backup/web.cpt"), "[\"virtnbdbackup.1\",\n", TestContext.Current.CancellationToken);
        Assert.StartsWith("error: backup/web.cpt:2: it is no JSON array of names\n", (await Run(folder, "import backup"))[0].Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saved_dumps_need_to_say_or_be_told_whose_they_are()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([OnDisk.Domain("web", OnDisk.WebId)]);
        await File.WriteAllTextAsync(folder.In("monday"), OnDisk.Checkpoint("a", null, 1, null), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("tuesday"), OnDisk.Checkpoint("b", "a", 2, null), TestContext.Current.CancellationToken);
        var steps = await Run(folder, "import monday tuesday", "import tuesday monday --domain nobody", "import tuesday monday --domain web", "checkpoint-list web --tree", "import monday --domain a/b");
        Assert.Equal("error: monday: nothing in it or beside it says which domain it is of: give --domain\nerror: tuesday: nothing in it or beside it says which domain it is of: give --domain\nerror: nothing was imported: 2 faults\n", steps[0].Stderr);
        Assert.Equal("error: domain nobody: Domain not found: no domain with matching name 'nobody'\n", steps[1].Stderr);
        Assert.Equal(".: saved XML, 2 checkpoints\nweb: 2 created, 0 redefined, 0 unchanged; current: b\n\n", steps[2].Stdout);
        Assert.Equal("error: failed to get domain 'a/b'\n", steps[4].Stderr);

        // A neighbour that says it is enough.
        await server.Reset([]);
        await File.WriteAllTextAsync(folder.In("tuesday"), OnDisk.Checkpoint("b", "a", 2, OnDisk.Domain("web", OnDisk.WebId)), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await Run(folder, "import monday tuesday"))[0].Rc);
    }

    [Fact]
    public async Task What_the_store_says_otherwise_is_only_replaced_when_asked_to()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 2, isStore: true);
        await Run(folder, "import web");
        await File.WriteAllTextAsync(folder.In("web/cp.2.xml"), OnDisk.Warning + OnDisk.Checkpoint("cp.2", null, 1_700_000_002, OnDisk.Domain("web", OnDisk.WebId)), TestContext.Current.CancellationToken);
        await OnDisk.ChainAsync(folder.In("mail"), "mail", OnDisk.MailId, "m", 2, isStore: true);
        var steps = await Run(folder, "import mail web", "list --name", "import mail web --merge", "checkpoint-list web --roots --name");
        Assert.Equal($"error: web/cp.2.xml: checkpoint 'cp.2' of domain {OnDisk.WebId} is there already, and is another; --merge puts this one in its place\nerror: nothing was imported: 1 fault\nerror: nothing was imported, of any domain\n", steps[0].Stderr);
        Assert.Equal("web\n\n", steps[1].Stdout);
        Assert.Contains("web: 0 created, 1 redefined, 1 unchanged; current: cp.2\n", steps[2].Stdout, StringComparison.Ordinal);
        Assert.Equal("cp.1\ncp.2\n\n", steps[3].Stdout);
    }

    /// <summary>Somebody changes the second domain after all were looked at.</summary>
    [Fact]
    public async Task Who_comes_between_is_not_written_over_and_the_same_import_again_goes_on()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([OnDisk.Domain("mail", OnDisk.MailId), OnDisk.Domain("web", OnDisk.WebId)]);
        await OnDisk.ChainAsync(folder.In("all/web"), "web", OnDisk.WebId, "cp", 2, isStore: true);
        await OnDisk.ChainAsync(folder.In("all/mail"), "mail", OnDisk.MailId, "m", 2, isStore: true);
        using var between = new Between(
            request => request.RequestUri!.AbsoluteUri.Contains($"{OnDisk.WebId}/bulk?mode=merge&register=true", StringComparison.Ordinal) && !request.RequestUri.Query.Contains("dry-run", StringComparison.Ordinal),
            () => server.Run("checkpoint-create-as web cp.2 'not the one in the file'"));
        using var api = new EventCheckpoints.Host.Cli.Remote.Api(server.Address, handler: between);
        var step = (await server.Run("import all", server.Session with { Api = api, Directory = folder.Path }))[0];
        Assert.Contains("mail: 2 created, 0 redefined, 0 unchanged; current: m.2\n", step.Stdout, StringComparison.Ordinal);
        Assert.Matches("error: domain .* is at version [0-9]+, not at [0-9]+\nerror: 1 of 2 domains were imported; the same import again goes on with the others\n", step.Stderr);
        var again = await Run(folder, "import all", "import all --merge", "checkpoint-info web cp.2");
        Assert.Contains("checkpoint 'cp.2' of domain", again[0].Stderr, StringComparison.Ordinal);
        Assert.Contains("mail: 0 created, 0 redefined, 2 unchanged; current: m.2\nweb: 1 created, 1 redefined, 0 unchanged", again[1].Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_what_became_of_each_domain()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 2, isStore: true);
        var json = JsonNode.Parse((await Run(folder, "import web --json"))[0].Stdout)!;
        Assert.Equal((OnDisk.WebId, 2), ((string)json["domains"]![0]!["domain"]!, json["domains"]![0]!["created"]!.AsArray().Count));
    }

    /// <summary>Does something before it lets a request through, once.</summary>
    private sealed class Between(Func<HttpRequestMessage, bool> at, Func<Task> what) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private bool _isDone;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!_isDone && at(request))
            {
                _isDone = true;
                await what();
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private Task<IReadOnlyList<EventCheckpoints.Host.Cli.Batch.Outcome>> Run(TemporaryDirectory folder, params string[] words) =>
        server.Run(string.Join('\n', words), server.Session with { Directory = folder.Path });
}
