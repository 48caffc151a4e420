using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Hosts;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests.Hosts;

/// <summary>What looks at a libvirt host lead to. A look is "host: checkpoints; disks": "vda=/a:8" is a disk of 8 bytes at /a, "vda=/a&lt;/b" one that is based on /b, "vda=/a[x y!]" one with bitmaps, of which y is inconsistent, "+/a=other" another domain's.</summary>
public sealed class ObserveTests
{
    private static readonly DomainState Seen = State("A(B(C)) *C").After(
    [
        .. new[] { "A", "B", "C" }.Select(name => new CheckpointRedefined(
            Name(name), null, name == "A" ? null : Name(name == "B" ? "A" : "B"), new CreationTime(1), [new CheckpointDisk("vda", DiskMode.Bitmap, name), new CheckpointDisk("vdb", DiskMode.No, null)], null)),
    ]);

    [Theory]
    // The first look: where it is, what its disks are
    [InlineData("h: A B C; vda=/a:8", "host h; disks vda=/a:8")]
    [InlineData("h: A B C; vda=/a | h: A B C; vda=/a", "")]
    [InlineData("h: A B C; vda=/a | i: A B C; vda=/a", "host i")]
    // What the host lists
    [InlineData("h: A C; vda=/a", "host h; lost B; disks vda=/a:")]
    [InlineData("h: A; vda=/a", "host h; lost B; lost C; disks vda=/a:")]
    [InlineData("h: A C; vda=/a | h: A C; vda=/a", "")]
    [InlineData("h: A C; vda=/a | h: A B C X; vda=/a", "found B")]
    // Disks: only what a checkpoint has a bitmap in
    [InlineData("h: A B C; vda=/a vdb=/b | h: A B C; vda=/a", "disks vda=/a:")]
    [InlineData("h: A B C; vda=/a vdb=/b | h: A B C; vda=/a vdb=/c", "disks vda=/a: vdb=/c:")]
    // Detached, also where it was never seen
    [InlineData("h: A B C; vda=/a | h: A B C;", "A vda detached; B vda detached; C vda detached; disks ")]
    [InlineData("h: A B C; vdb=/b", "host h; A vda detached; B vda detached; C vda detached; disks vdb=/b:")]
    [InlineData("h: A B C; vda=/a | h: A B C; | h: A B C; vda=/a", "A vda not detached; B vda not detached; C vda not detached; disks vda=/a:")]
    [InlineData("h: A B C; vda=/a | h: A B C; | h: A B C; vda=/b", "A vda not detached; A vda replaced; B vda not detached; B vda replaced; C vda not detached; C vda replaced; disks vda=/b:")]
    // Known by its serial where it has one, else by where its data is
    [InlineData("h: A; vda=/a | h: A; vda=/b", "A vda replaced; B vda replaced; C vda replaced; disks vda=/b:")]
    [InlineData("h: A B C; vda=/a#1 | h: A B C; vda=/b#1", "disks vda=/b#1:")]
    [InlineData("h: A; vda=/a#1 | h: A; vda=/a#2", "A vda replaced; B vda replaced; C vda replaced; disks vda=/a#2:")]
    [InlineData("h: A; vda=/a | h: A; vda=/b | h: A; vda=/c", "disks vda=/c:")]
    [InlineData("h: A; vda=/a | h: A; vda=/b | h: A; vda=/c | h: A; vda=/a", "A vda not replaced; B vda not replaced; C vda not replaced; disks vda=/a:")]
    [InlineData("h: A B C; vda=/a | h: A B C; vda=/o</a", "disks vda=/o:")]
    // The size, where it is told; a change of it does not pass
    [InlineData("h: A B C; vda=/a:8 | h: A B C; vda=/a", "")]
    [InlineData("h: A B C; vda=/a:8 | h: A B C; vda=/a | h: A B C; vda=/a:9", "A vda resized; B vda resized; C vda resized; disks vda=/a:9")]
    [InlineData("h: A B C; vda=/a | h: A B C; vda=/a:9", "disks vda=/a:9")]
    [InlineData("h: A B C; vda=/a:8 | h: A B C; vda=/a:9 | h: A B C; vda=/a:8", "disks vda=/a:8")]
    [InlineData("h: A; vda=/a:8 | h: A; vda=/b:9", "A vda replaced; B vda replaced; C vda replaced; disks vda=/b:9")]
    // Another domain has it
    [InlineData("h: A B C; vda=/a | h: A B C; vda=/a +/a=two", "A vda moved; B vda moved; C vda moved")]
    [InlineData("h: A B C; vda=/a | h: A B C; +/a=two", "A vda detached; A vda moved; B vda detached; B vda moved; C vda detached; C vda moved; disks ")]
    [InlineData("h: A B C; vda=/a | h: A B C; vda=/a +/a=two | h: A B C; vda=/a", "A vda not moved; B vda not moved; C vda not moved")]
    // Bitmaps, where they were looked for
    [InlineData("h: A B C; vda=/a[A B C]", "host h; disks vda=/a:")]
    [InlineData("h: A B C; vda=/a[A B!]", "host h; B vda bitmap-inconsistent; C vda bitmap-missing; disks vda=/a:")]
    [InlineData("h: A B C; vda=/a[A B!] | h: A B C; vda=/a", "")]
    [InlineData("h: A B C; vda=/a[A B!] | h: A B C; vda=/a[A B C]", "B vda not bitmap-inconsistent; C vda not bitmap-missing")]
    [InlineData("h: A B C; vda=/a[A B!] | h: A B C; vda=/a[A]", "B vda bitmap-missing; B vda not bitmap-inconsistent")]
    // Gone from the host, and from one that it was never on
    [InlineData("h: A C; vda=/a | h gone", "lost A; lost C; host -")]
    [InlineData("h: A C; vda=/a | i gone", "")]
    [InlineData("h gone", "")]
    [InlineData("h: A B C; vda=/a | h gone | i: A B C; vda=/a", "host i; found A; found B; found C")]
    public void The_last_look_leads_to(string looks, string then)
    {
        var state = Seen;
        IReadOnlyList<DomainEvent> last = [];
        foreach (var look in looks.Split(" | "))
        {
            var decided = Command(look).Decide(state, Live);
            Assert.Null(decided.Refusal);
            last = decided.Value.Events;
            state = state.After(last);
            // Once more the same is nothing.
            Assert.Empty(Command(look).Decide(state, Live).Value.Events);
        }

        // Of a checkpoint's own, what ends and what begins in any order.
        Assert.Equal(Sorted(then.Split("; ", StringSplitOptions.RemoveEmptyEntries)), Sorted(last.Select(Shown)));
    }

    /// <summary>Redefined without a domain, a checkpoint may name its disk by where the data is, which is the disk all the same.</summary>
    [Fact]
    public void A_disk_that_is_named_by_its_path_is_found()
    {
        var state = State("A *A").After([new CheckpointRedefined(Name("A"), null, null, new CreationTime(1), [new CheckpointDisk("/a", DiskMode.Bitmap, "A")], null)]);
        foreach (var (look, then) in new[] { ("h: A; vda=/a:8[A]", "host h; disks vda=/a:8"), ("h: A; vdb=/a:8", "disks vdb=/a:8"), ("h: A; vdb=/a:9", "A /a resized; disks vdb=/a:9"), ("h: A; vdb=/b", "A /a detached; disks vdb=/b:") })
        {
            var events = Command(look).Decide(state, Live).Value.Events;
            state = state.After(events);
            Assert.Equal(then, string.Join("; ", events.Select(Shown)));
        }
    }

    [Fact]
    public void A_deleted_checkpoint_takes_along_what_was_said_of_it_and_a_hold_forbids_no_look()
    {
        var state = Seen.After(new PlaceHold(HoldId.Trusted("h"), null).Decide(Seen, Live).Value.Events);
        var looked = Command("h: A B; vda=/a[A]").Decide(state, Live);
        Assert.Null(looked.Refusal);
        state = state.After(looked.Value.Events);
        Assert.NotNull(state.MarksOf(Name("C")).Lost);
        state = state.After([new CheckpointDeleted(Name("C")), Redefined("C", "B")]);
        Assert.True(state.MarksOf(Name("C")).IsNone);
    }

    [Fact]
    public void An_owner_is_set_changed_and_taken_away_and_the_same_again_is_nothing()
    {
        var state = Seen;
        DomainEvent? Set(string? owner)
        {
            var decided = new SetOwner(Name("B"), owner is null ? null : Owner.Trusted(owner)).Decide(state, Live);
            state = state.After(decided.Value.Events);
            return decided.Value.Events.SingleOrDefault();
        }

        Assert.Null(Set(null));
        Assert.Equal(new CheckpointOwnerChanged(Name("B"), null, Owner.Trusted("x")), Set("x"));
        Assert.Null(Set("x"));
        Assert.Equal(new CheckpointOwnerChanged(Name("B"), Owner.Trusted("x"), Owner.Trusted("y")), Set("y"));
        Assert.Equal(Owner.Trusted("y"), state.MarksOf(Name("B")).Owner);
        Assert.Equal(new CheckpointOwnerChanged(Name("B"), Owner.Trusted("y"), null), Set(null));
        Assert.Equal(Rule.CheckpointNotFound, new SetOwner(Name("Z"), null).Decide(state, Live).Refusal?.Rule);
        Assert.Equal(Rule.DomainNotFound, new SetOwner(Name("A"), null).Decide(DomainState.Unknown(Id), null).Refusal?.Rule);
        Assert.Equal(Rule.DomainNotFound, Command("h: A;").Decide(DomainState.Unknown(Id), null).Refusal?.Rule);
        Assert.Equal(Rule.DomainNotFound, Command("h gone").Decide(DomainState.Unknown(Id), null).Refusal?.Rule);
    }

    [Theory]
    // Who makes it says whose it is, else its name; what was there before keeps its own
    [InlineData("create nightly.1", null, "nightly.1 the tool")]
    [InlineData("create nightly.1", "me", "nightly.1 me")]
    [InlineData("create other", null, "")]
    [InlineData("create other", "me", "other me")]
    [InlineData("redefine nightly.2 A", null, "nightly.2 the tool")]
    [InlineData("redefine A", "me", "")]
    [InlineData("delete A", "me", "")]
    public void What_is_new_gets_an_owner(string when, string? given, string then)
    {
        var state = State("A(B) *B");
        var rules = new OwnerRules([new OwnerRule("nightly.*", Owner.Trusted("the tool")), new OwnerRule("n*", Owner.Trusted("nobody"))]);
        var decided = CommandTests.Command(when).Decide(state, Live).Value;
        var claimed = rules.Claim(state, decided, given is null ? null : Owner.Trusted(given));
        Assert.Equal(decided.Events, claimed.Events.Take(decided.Events.Count));
        Assert.Equal(then, string.Join(' ', claimed.Events.Skip(decided.Events.Count).Cast<CheckpointOwnerChanged>().Select(e => $"{e.Name} {e.To}")));
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("backup of the night", true)]
    [InlineData("", false)]
    [InlineData(" x", false)]
    [InlineData("x\n", false)]
    [InlineData("a\u0007b", false)]
    public void An_owner_is_one_line(string text, bool taken) => Assert.Equal(taken, Owner.TryParse(text, out _));

    private static string[] Sorted(IEnumerable<string> all) => [.. all.Order(StringComparer.Ordinal)];

    private static Command Command(string look)
    {
        if (look.EndsWith(" gone", StringComparison.Ordinal)) return new ObserveAbsent(HostName.Trusted(look[..^5]));
        var (host, rest) = (look[..look.IndexOf(':', StringComparison.Ordinal)], look[(look.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(';'));
        var parts = System.Text.RegularExpressions.Regex.Matches(rest[1], @"\+(?<elsewhere>\S+)=(?<domain>\S+)|(?<target>\w+)=(?<source>/\w+)(#(?<serial>\d+))?(:(?<size>\d+))?(<(?<below>/\w+))?(\[(?<bitmaps>[^]]*)\])?");
        string? Given(System.Text.RegularExpressions.Match part, string group) => part.Groups[group].Success ? part.Groups[group].Value : null;
        return new Observe(new Observation(
            HostName.Trusted(host),
            [.. rest[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Name)],
            [
                .. parts.Where(part => part.Groups["target"].Success).Select(part => new ObservedDisk(
                    new HostDisk(part.Groups["target"].Value, part.Groups["source"].Value, Given(part, "serial"), Given(part, "size") is { } size ? long.Parse(size, null) : null),
                    Given(part, "below") is { } below ? [below] : [],
                    Given(part, "bitmaps")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(bitmap => new SeenBitmap(bitmap.TrimEnd('!'), bitmap.EndsWith('!'))).ToArray())),
            ],
            parts.Where(part => part.Groups["elsewhere"].Success).ToDictionary(part => part.Groups["elsewhere"].Value, part => part.Groups["domain"].Value)));
    }

    private static string Shown(DomainEvent happened) => happened switch
    {
        DomainHostChanged e => $"host {e.Host?.Value ?? "-"}",
        DomainDisksSeen e => $"disks {string.Join(' ', e.Disks.Select(disk => $"{disk.Target}={disk.Source}{(disk.Serial is { } serial ? $"#{serial}" : "")}:{disk.Capacity}"))}",
        CheckpointLost e => $"lost {e.Name}",
        CheckpointFound e => $"found {e.Name}",
        CheckpointDiskInvalidated e => $"{e.Name} {e.Disk} {DiskFaults.Text(e.Fault)}",
        CheckpointDiskValidated e => $"{e.Name} {e.Disk} not {DiskFaults.Text(e.Fault)}",
        var other => other.ToString(),
    };
}
