using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Tests.Cli;
using EventCheckpoints.Projections;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>What a real libvirt with QEMU loses, and gets back from the store whole.</summary>
public sealed class StoryTests(TestServer server, LibvirtServer libvirt) : IClassFixture<TestServer>, IClassFixture<LibvirtServer>
{
    private readonly Guid _id = Guid.NewGuid();

    [Fact]
    public async Task Renamed_and_the_daemon_restarted_then_restored()
    {
        await StartAsync("one", "checkpoint-create-as one cp1 'the first'; checkpoint-create-as one cp2");
        Assert.Equal("one: 2 new; 0 changed; 0 unchanged\n\n", await SyncAsync("one"));
        Assert.Equal("one: 0 new; 0 changed; 2 unchanged\n\n", await SyncAsync("one"));
        var before = await libvirt.ShownAsync("one");
        await libvirt.VirshAsync("destroy one; domrename one renamed");
        await libvirt.StartAgainAsync();
        Assert.Equal("", (await libvirt.VirshAsync("checkpoint-list renamed --name")).Trim());

        Assert.Equal("renamed: 0 new; 0 changed; 0 unchanged; lost: cp1, cp2\n\n", await SyncAsync("renamed"));
        Assert.Equal(2, (await RunAsync($"drift {libvirt.Uri} --domain renamed")).Output.Split("renamed: missing-on-host cp").Length - 1);
        Assert.StartsWith("2 would be put back: cp1, cp2; 0 there already\n", await RestoreAsync("renamed", "--dry-run"), StringComparison.Ordinal);
        Assert.Equal("", (await libvirt.VirshAsync("checkpoint-list renamed --name")).Trim());
        Assert.Equal("2 put back: cp1, cp2; 0 there already\nOnce its daemon was started again, libvirt takes cp2 as current: it is the only leaf\n\n", await RestoreAsync("renamed"));
        Assert.StartsWith("0 put back; 2 there already\n", await RestoreAsync("renamed"), StringComparison.Ordinal);
        Assert.Equal(before, await libvirt.ShownAsync("renamed"));
        Assert.Equal(("renamed: no difference\n\n", "", 0), await RunAsync($"drift {libvirt.Uri} --domain renamed"));

        // What libvirt has back it can work with: further checkpoints, an incremental backup, a delete that moves children.
        await libvirt.VirshAsync("start renamed --paused; checkpoint-create-as renamed cp3");
        var backup = await libvirt.FileAsync(
            $"<domainbackup mode='push'><incremental>cp1</incremental><disks><disk name='vda' type='file'><target file='{libvirt.PathOf("vda.backup")}'/></disk><disk name='vdb' backup='no'/></disks></domainbackup>");
        await libvirt.VirshAsync($"backup-begin renamed {backup}");
        await Eventually.Async(async () => (await libvirt.VirshAsync("domjobinfo renamed")).Contains("None", StringComparison.Ordinal), () => "the backup does not end");
        Assert.True(File.Exists(libvirt.PathOf("vda.backup")));
        await libvirt.VirshAsync("checkpoint-delete renamed cp1");
        Assert.Equal("renamed: 1 new; 1 changed; 0 unchanged; found again: cp2; not on the host: cp1\n\n", await SyncAsync("renamed"));
        Assert.Equal("cp2\n  |\n  +- cp3\n", string.Join('\n', (await libvirt.VirshAsync("checkpoint-list renamed --tree")).Split('\n').Take(3)) + "\n");
        await libvirt.VirshAsync("destroy renamed");
    }

    [Fact]
    public async Task A_transient_domain_stopped_and_created_again_then_restored()
    {
        Assert.SkipWhen(LibvirtServer.Missing is not null, LibvirtServer.Missing ?? "");
        var file = await libvirt.DomainFileAsync("passing", _id);
        await libvirt.VirshAsync($"create {file} --paused; checkpoint-create-as passing cp1; checkpoint-create-as passing cp2; checkpoint-create-as passing cp3");
        await SyncAsync("passing");
        var before = await libvirt.ShownAsync("passing");
        await libvirt.VirshAsync($"destroy passing; create {file} --paused");
        Assert.Equal("", (await libvirt.VirshAsync("checkpoint-list passing --name")).Trim());
        // The bitmaps are in the disks, and libvirt is asked to look.
        Assert.StartsWith("3 put back: cp1, cp2, cp3;", await RestoreAsync("passing", "--validate"), StringComparison.Ordinal);
        Assert.Equal(before, await libvirt.ShownAsync("passing"));
        await libvirt.VirshAsync("destroy passing");
    }

    [Fact]
    public async Task Undefined_and_defined_again_then_restored_from_before_the_host_lost_it()
    {
        var file = await StartAsync("two", "checkpoint-create-as two cp1; checkpoint-create-as two cp2");
        await SyncAsync("two");
        var before = await libvirt.ShownAsync("two");
        await libvirt.VirshAsync($"destroy two; undefine two --checkpoints-metadata; define {file}");
        await SyncAsync("two");
        Assert.StartsWith("2 put back: cp1, cp2;", await RestoreAsync("two"), StringComparison.Ordinal);
        Assert.Equal(before, await libvirt.ShownAsync("two"));
    }

    [Fact]
    public async Task Rebuilt_under_another_uuid_it_is_restored_without_the_domain_inside()
    {
        await StartAsync("three", "checkpoint-create-as three cp1; checkpoint-create-as three cp2");
        await SyncAsync("three");
        await libvirt.VirshAsync($"destroy three; undefine three --checkpoints-metadata; define {await libvirt.RebuiltFileAsync("three", Guid.NewGuid())}");
        Assert.StartsWith("2 put back: cp1, cp2;", await RestoreAsync("three"), StringComparison.Ordinal);
        Assert.DoesNotContain("<domain ", await libvirt.VirshAsync("checkpoint-dumpxml three cp2"), StringComparison.Ordinal);
        Assert.Equal("cp1", (await libvirt.VirshAsync("checkpoint-parent three cp2")).Trim());
    }

    [Fact]
    public async Task With_two_leaves_libvirt_forgets_what_is_current_and_the_store_does_not()
    {
        await StartAsync("four", "checkpoint-create-as four cp1; checkpoint-create-as four cp2");
        var branch = (await libvirt.VirshAsync("checkpoint-dumpxml four cp2")).Replace("<name>cp2</name>", "<name>side</name>", StringComparison.Ordinal);
        await libvirt.VirshAsync($"checkpoint-create four {await libvirt.FileAsync(branch)} --redefine");
        await SyncAsync("four");
        await libvirt.StartAgainAsync();
        Assert.Contains("libvirt takes none as current, since there are 2 leaves", await RestoreAsync("four"), StringComparison.Ordinal);
        var current = (await server.Session.Api.GetJson("v1/domains/four/current")).Value!;
        Assert.Equal(("four: current-ambiguous: store cp2; host 2 leaves\n\n", "", 1), await RunAsync($"drift {libvirt.Uri} --domain four"));
        await SyncAsync("four");
        Assert.Equal(current, (await server.Session.Api.GetJson("v1/domains/four/current")).Value);
        await libvirt.VirshAsync("checkpoint-create-as four next");
        Assert.DoesNotContain("<parent>", await libvirt.VirshAsync("checkpoint-dumpxml four next --no-domain"), StringComparison.Ordinal);
        await libvirt.VirshAsync("destroy four");
    }

    [Fact]
    public async Task It_stops_where_libvirt_refuses_says_what_was_done_and_goes_on_later()
    {
        await StartAsync("five", "checkpoint-create-as five cp1; checkpoint-create-as five cp2; checkpoint-create-as five cp3");
        await SyncAsync("five");
        // With its bitmaps, and only the metadata of the others.
        await libvirt.VirshAsync("checkpoint-delete five cp3; checkpoint-delete five cp2 --metadata; checkpoint-delete five cp1 --metadata");
        var (output, error, code) = await RunAsync($"restore five --to {libvirt.Uri} --validate");
        Assert.Equal(("\n", 1), (output, code));
        Assert.Matches("^error: libvirt refused checkpoint 'cp3': .*bitmap 'cp3'.*; put back before it: cp1, cp2, 1 are left; the same again goes on with them\n$", error);
        Assert.Equal("cp1\ncp2", (await libvirt.VirshAsync("checkpoint-list five --name")).Trim());
        Assert.StartsWith("1 put back: cp3; 2 there already\n", await RestoreAsync("five"), StringComparison.Ordinal);
        await libvirt.VirshAsync("destroy five");
    }

    [Fact]
    public async Task A_script_does_the_same_on_a_host_that_cannot_be_reached()
    {
        await StartAsync("six", "checkpoint-create-as six cp1; checkpoint-create-as six cp2");
        await SyncAsync("six");
        var before = await libvirt.ShownAsync("six");
        await libvirt.VirshAsync("checkpoint-delete six cp2 --metadata; checkpoint-delete six cp1 --metadata");
        var directory = libvirt.PathOf("six-restore");
        Assert.Equal("", (await RunAsync($"restore six --script {directory}")).Error);
        Assert.Equal("600\n600\n600\n700\n", await LibvirtServer.RunAsync("stat", ["-c", "%a", .. Directory.GetFiles(directory), directory]));
        Assert.Equal($"error: {directory} is there already: name a directory that is not\n", (await RunAsync($"restore six --script {directory}")).Error);
        for (var time = 0; time < 2; time++) await LibvirtServer.RunAsync("sh", [Path.Combine(directory, "restore.sh"), libvirt.Uri]);
        Assert.Equal(before, await libvirt.ShownAsync("six"));
        await libvirt.VirshAsync("destroy six");
    }

    [Fact]
    public async Task A_file_of_libvirts_store_that_is_broken_is_passed_over_by_libvirt_and_told_and_mended()
    {
        await StartAsync("eight", "checkpoint-create-as eight cp1; checkpoint-create-as eight cp2; checkpoint-create-as eight cp3");
        await SyncAsync("eight");
        var before = await libvirt.ShownAsync("eight");
        await File.WriteAllTextAsync(libvirt.PathOf("config/libvirt/qemu/checkpoint/eight/cp3.xml"), "<domaincheckpoint><name>cp3");
        await libvirt.StartAgainAsync();
        Assert.Equal("cp1\ncp2", (await libvirt.VirshAsync("checkpoint-list eight --name")).Trim());
        var (output, _, code) = await RunAsync($"drift {libvirt.Uri} --domain eight --bitmaps");
        Assert.Equal(1, code);
        Assert.Matches("^eight: missing-on-host cp3: store parent cp2, created [0-9]+; host none\n  .+\n  .+\neight: current-differs: store cp3; host cp2\n\n$", output);
        Assert.StartsWith("1 put back: cp3; 2 there already\n", await RestoreAsync("eight", "--validate"), StringComparison.Ordinal);
        Assert.Equal(before, await libvirt.ShownAsync("eight"));
        await libvirt.VirshAsync("destroy eight");
    }

    [Fact]
    public async Task Bitmaps_that_are_missing_left_over_or_not_closed_are_told_whether_the_domain_runs_or_not()
    {
        await StartAsync("seven", "checkpoint-create-as seven cp1; checkpoint-create-as seven cp2; checkpoint-create-as seven cp3 --diskspec vda --diskspec vdb,checkpoint=no");
        await SyncAsync("seven");
        Assert.Equal("seven: no difference\n\n", await BitmapsAsync("seven"));
        // libvirt forgets it, and so does the store: the bitmap stays where it is.
        await libvirt.VirshAsync("checkpoint-delete seven cp1 --metadata");
        await RunAsync("checkpoint-delete seven cp1 --metadata");
        await SyncAsync("seven");
        const string Left = "seven: bitmap-orphaned on vda: store none; host bitmap cp1\nseven: bitmap-orphaned on vdb: store none; host bitmap cp1\n\n";
        Assert.Equal(Left, await BitmapsAsync("seven"));
        await libvirt.VirshAsync("destroy seven");
        Assert.Equal(Left, await BitmapsAsync("seven"));
        var disk = libvirt.Disk("seven", "vda");
        await LibvirtServer.RunAsync("qemu-img", ["bitmap", "--remove", disk, "cp2"]);
        Assert.Equal("seven: bitmap-missing cp2 on vda: store bitmap cp2; host none\n" + Left, await BitmapsAsync("seven"));

        // QEMU killed as it runs leaves its bitmaps open: until it is asked to look again nobody knows what they miss.
        await libvirt.VirshAsync("start seven --paused");
        await libvirt.KillQemuAsync("seven");
        Assert.Contains("seven: bitmap-inconsistent cp3 on vda: store bitmap cp3; host not to be trusted\n", await BitmapsAsync("seven"), StringComparison.Ordinal);
        await libvirt.VirshAsync("start seven --paused");
        Assert.Contains("seven: bitmap-inconsistent cp3 on vda: store bitmap cp3; host not to be trusted\n", await BitmapsAsync("seven"), StringComparison.Ordinal);
        await libvirt.VirshAsync("destroy seven");

        File.Move(disk, disk + ".away");
        var (_, error, code) = await RunAsync($"drift {libvirt.Uri} --domain seven --bitmaps");
        Assert.Equal(2, code);
        Assert.Matches("^error: seven: vda could not be looked into: qemu-img: .*No such file or directory\n$", error);
        File.Move(disk + ".away", disk);
    }

    [Fact]
    public async Task A_disk_that_was_resized_replaced_detached_or_given_away_is_told_with_the_evidence()
    {
        await StartAsync("nine", "checkpoint-create-as nine cp1; checkpoint-create-as nine cp2");
        await SyncAsync("nine");
        await libvirt.VirshAsync("blockresize nine vda 16M");
        Assert.Equal("nine: 0 new; 0 changed; 2 unchanged; not to be relied on: cp1 (vda resized), cp2 (vda resized)\n\n", await SyncAsync("nine"));
        Assert.Equal("vda had 8388608 bytes, and has 16777216", Assert.Single((await CheckpointAsync("nine", "cp1")).Faults).Evidence);
        Assert.Contains($"nine: disk-resized cp2 on vda: store {libvirt.Disk("nine", "vda")}; host vda had 8388608 bytes, and has 16777216\n", (await RunAsync($"drift {libvirt.Uri} --domain nine")).Output, StringComparison.Ordinal);
        // What is made of the disk as it is now can be relied on.
        await libvirt.VirshAsync("checkpoint-create-as nine cp3; destroy nine");
        Assert.Equal("nine: 1 new; 0 changed; 2 unchanged\n\n", await SyncAsync("nine"));

        var xml = await libvirt.VirshAsync("dumpxml nine --inactive");
        var (vda, vdb, other) = (libvirt.Disk("nine", "vda"), libvirt.Disk("nine", "vdb"), libvirt.Disk("nine", "other"));
        File.Copy(vda, other);
        await DefineAsync(xml.Replace(vda, other, StringComparison.Ordinal));
        // Before it is learned, too.
        Assert.Contains($"nine: disk-replaced cp3 on vda: store {vda}; host vda was {vda}, and is {other}\n", (await RunAsync($"drift {libvirt.Uri} --domain nine")).Output, StringComparison.Ordinal);
        Assert.Equal("nine: 0 new; 0 changed; 3 unchanged; not to be relied on: cp1 (vda replaced), cp2 (vda replaced), cp3 (vda replaced)\n\n", await SyncAsync("nine"));
        Assert.Equal($"vda was {vda}, and is {other}", Assert.Single((await CheckpointAsync("nine", "cp3")).Faults).Evidence);
        Assert.Equal("nine: 0 new; 0 changed; 3 unchanged\n\n", await SyncAsync("nine"));
        await DefineAsync(xml);
        Assert.Equal("nine: 0 new; 0 changed; 3 unchanged; to be relied on again: cp1 (vda replaced), cp2 (vda replaced), cp3 (vda replaced)\n\n", await SyncAsync("nine"));

        var alone = xml[..xml.LastIndexOf("<disk ", StringComparison.Ordinal)] + xml[(xml.LastIndexOf("</disk>", StringComparison.Ordinal) + "</disk>".Length)..];
        await DefineAsync(alone);
        Assert.Contains("not to be relied on: cp1 (vdb detached), cp2 (vdb detached), cp3 (vdb detached)\n", await SyncAsync("nine"), StringComparison.Ordinal);
        // Moved to a second domain, whose disk it is from here on.
        await DefineAsync(xml.Replace("nine</name>", "ten</name>", StringComparison.Ordinal).Replace(_id.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal).Replace(vda, other, StringComparison.Ordinal));
        Assert.Contains("not to be relied on: cp1 (vdb moved), cp2 (vdb moved), cp3 (vdb moved)\n", await SyncAsync("nine"), StringComparison.Ordinal);
        Assert.Contains($"{vdb} is a disk of domain 'ten' now", (await CheckpointAsync("nine", "cp3")).Faults.Select(fault => fault.Evidence));
        Assert.Contains("nine: disk-moved cp1 on vdb: ", (await RunAsync($"drift {libvirt.Uri} --domain nine")).Output, StringComparison.Ordinal);
        await libvirt.VirshAsync("undefine ten");
        await DefineAsync(xml);
        Assert.Contains(
            "to be relied on again: cp1 (vdb detached), cp1 (vdb moved), cp2 (vdb detached), cp2 (vdb moved), cp3 (vdb detached), cp3 (vdb moved)\n", await SyncAsync("nine"), StringComparison.Ordinal);

        // An overlay goes on from the disk below it, and libvirt takes the bitmaps along.
        await libvirt.VirshAsync($"start nine --paused; snapshot-create-as nine --disk-only --no-metadata --diskspec vda,file={libvirt.PathOf("nine.overlay")} --diskspec vdb,snapshot=no");
        Assert.Contains("nine.overlay", await libvirt.VirshAsync("dumpxml nine --inactive"), StringComparison.Ordinal);
        Assert.Equal("nine: 0 new; 0 changed; 3 unchanged\n\n", await SyncAsync("nine"));
        Assert.Equal(["resized"], (await CheckpointAsync("nine", "cp1")).Faults.Select(fault => DiskFaults.Text(fault.Fault)));
        await libvirt.VirshAsync("destroy nine");
    }

    [Fact]
    public async Task Bitmaps_that_go_and_come_are_marked_when_the_disks_are_looked_into()
    {
        await StartAsync("eleven", "checkpoint-create-as eleven cp1; checkpoint-create-as eleven cp2; destroy eleven");
        await SyncAsync("eleven --bitmaps");
        var disk = libvirt.Disk("eleven", "vda");
        await LibvirtServer.RunAsync("qemu-img", ["bitmap", "--remove", disk, "cp2"]);
        Assert.Equal("eleven: 0 new; 0 changed; 2 unchanged; not to be relied on: cp2 (vda bitmap-missing)\n\n", await SyncAsync("eleven --bitmaps"));
        // Who does not look concludes nothing.
        Assert.Equal("eleven: 0 new; 0 changed; 2 unchanged\n\n", await SyncAsync("eleven"));
        Assert.Equal($"{disk} has no bitmap 'cp2'", Assert.Single((await CheckpointAsync("eleven", "cp2")).Faults).Evidence);
        await LibvirtServer.RunAsync("qemu-img", ["bitmap", "--add", disk, "cp2"]);
        Assert.Equal("eleven: 0 new; 0 changed; 2 unchanged; to be relied on again: cp2 (vda bitmap-missing)\n\n", await SyncAsync("eleven --bitmaps"));
    }

    [Fact]
    public async Task What_may_go_goes_from_the_host_and_the_store_and_an_incremental_backup_from_what_stays_works()
    {
        await StartAsync("twelve", string.Join("; ", Enumerable.Range(1, 5).Select(at => $"checkpoint-create-as twelve cp{at}")));
        await SyncAsync("twelve");
        await RunAsync("checkpoint-owner twelve cp2 veeam");
        Assert.Equal(("1 may go, oldest first: cp1\ncp2 stays: veeam answers for it\ncp3 stays: it comes after cp2, which stays\n\n", "", 0), await RunAsync("prune twelve --keep 2"));
        Assert.Equal(("3 may go, oldest first: cp1, cp2, cp3\n\n", "", 0), await RunAsync("prune twelve --keep 2 --owner veeam"));
        Assert.Equal(("None may go\n\n", "", 0), await RunAsync("prune twelve --keep 2 --older-than 1"));
        // What the store refuses is not deleted on the host either: here from who may only read.
        await using (var guarded = await TestHost.StartAsync(new AccessToken("walt", "writer", "a-writer's-token-1"), new AccessToken("rita", "reader", "a-reader's-token-1")))
        {
            async Task<Batch.Outcome> AsAsync(string token, string command)
            {
                using var api = new Api(guarded.Url, token);
                return Assert.Single(await server.Run(command, server.Session with { Api = api }));
            }

            Assert.Equal(0, (await AsAsync("a-writer's-token-1", $"sync {libvirt.Uri} --domain twelve")).Rc);
            var refused = await AsAsync("a-reader's-token-1", $"prune twelve --keep 2 --on {libvirt.Uri} --yes --reason retention");
            Assert.Equal((1, true), (refused.Rc, refused.Stderr.Contains("'rita' may read only", StringComparison.Ordinal)));
        }

        Assert.Equal("cp1\ncp2\ncp3\ncp4\ncp5", (await libvirt.VirshAsync("checkpoint-list twelve --name")).Trim());
        Assert.Equal(("3 deleted: cp1, cp2, cp3\n\n", "", 0), await RunAsync($"prune twelve --keep 2 --owner veeam --on {libvirt.Uri} --yes --reason retention"));
        Assert.Equal("cp4\ncp5", (await libvirt.VirshAsync("checkpoint-list twelve --name")).Trim());
        Assert.Equal("twelve: no difference\n\n", await BitmapsAsync("twelve"));
        var backup = await libvirt.FileAsync(
            $"<domainbackup mode='push'><incremental>cp4</incremental><disks><disk name='vda' type='file'><target file='{libvirt.PathOf("twelve.backup")}'/></disk><disk name='vdb' backup='no'/></disks></domainbackup>");
        await libvirt.VirshAsync($"backup-begin twelve {backup}");
        await Eventually.Async(async () => (await libvirt.VirshAsync("domjobinfo twelve")).Contains("None", StringComparison.Ordinal), () => "the backup does not end");
        // Only the store: what the host has of it is drift.
        Assert.Equal(("1 deleted: cp4\n\n", "", 0), await RunAsync("prune twelve --keep 1 --yes"));
        Assert.Contains("twelve: unknown-to-store cp4", (await RunAsync($"drift {libvirt.Uri} --domain twelve")).Output, StringComparison.Ordinal);
        Assert.Equal(
            ["error: --keep takes how many of the newest stay, a number from 1 on, and is needed\n", "error: --keep takes how many of the newest stay, a number from 1 on, and is needed\n",
             "error: --older-than takes a number of days, not 'x'\n", "error: --on goes with --yes: a plan changes nothing anywhere\n", "error: failed to get domain 'nosuch'\n"],
            (await server.Run("prune twelve; prune twelve --keep 0; prune twelve --keep 1 --older-than x; prune twelve --keep 1 --on test:///default; prune nosuch --keep 1")).Select(step => step.Stderr));
        await libvirt.VirshAsync("destroy twelve");
    }

    private async Task DefineAsync(string xml) => await libvirt.VirshAsync($"define {await libvirt.FileAsync(xml)}");

    private async Task<CheckpointView> CheckpointAsync(string domain, string name) => (await server.Session.Api.Get<CheckpointView>($"v1/domains/{domain}/checkpoints/{name}")).Value!;

    private async Task<string> BitmapsAsync(string domain)
    {
        var (output, error, code) = await RunAsync($"drift {libvirt.Uri} --domain {domain} --bitmaps");
        Assert.Equal(("", output.Contains("no difference", StringComparison.Ordinal) ? 0 : 1), (error, code));
        return output;
    }

    /// <summary>A running domain with two disks; returns the file that it was defined from.</summary>
    private async Task<string> StartAsync(string name, string commands)
    {
        Assert.SkipWhen(LibvirtServer.Missing is not null, LibvirtServer.Missing ?? "");
        var file = await libvirt.DomainFileAsync(name, _id);
        await libvirt.VirshAsync($"define {file}; start {name} --paused; {commands}");
        return file;
    }

    private async Task<string> SyncAsync(string domain) => await DoneAsync($"sync {libvirt.Uri} --domain {domain}");

    private async Task<string> RestoreAsync(string domain, string options = "") => await DoneAsync($"restore {domain} --to {libvirt.Uri} {options}");

    private async Task<string> DoneAsync(string command)
    {
        var (output, error, code) = await RunAsync(command);
        Assert.Equal(("", 0), (error, code));
        return output;
    }

    private async Task<(string Output, string Error, int Code)> RunAsync(string command)
    {
        var outcome = Assert.Single(await server.Run(command));
        return (outcome.Stdout, outcome.Stderr, outcome.Rc);
    }
}
