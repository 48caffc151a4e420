using System.Collections.Immutable;
using System.Text.Json;

namespace EventCheckpoints.Domain;

/// <summary>A disk of a domain as a host has it: known by where its data is and by its serial, not by what the domain calls it.</summary>
/// <param name="Target">Such as vda.</param>
/// <param name="Source">The file, device or volume; null for a kind of disk that has none.</param>
/// <param name="Capacity">In bytes; null where the host does not say.</param>
public sealed record HostDisk(string Target, string? Source, string? Serial, long? Capacity)
{
    /// <summary>Whether this is the disk that the other one was: the serial says so where both have one, else where the data is.</summary>
    public bool IsSameAs(HostDisk other) => Serial is not null && other.Serial is not null ? Serial == other.Serial : Source == other.Source;
}

/// <summary>Why a checkpoint is not to be relied on for a disk: an incremental backup from it would miss what was written, or cannot be made.</summary>
public enum DiskFault
{
    /// <summary>The domain has no disk of that target any more.</summary>
    Detached,

    /// <summary>Another disk has that target now.</summary>
    Replaced,

    /// <summary>The disk has another size than when the checkpoint was last seen with it.</summary>
    Resized,

    /// <summary>The disk is one of another domain now.</summary>
    Moved,

    /// <summary>The checkpoint's bitmap is not in the disk.</summary>
    BitmapMissing,

    /// <summary>QEMU did not close the bitmap, and trusts it no longer.</summary>
    BitmapInconsistent,
}

/// <summary>A fault's stable word: detached, replaced, resized, moved, bitmap-missing, bitmap-inconsistent.</summary>
public static class DiskFaults
{
    private static readonly Dictionary<DiskFault, string> Words = Enum.GetValues<DiskFault>().ToDictionary(fault => fault, fault => JsonNamingPolicy.KebabCaseLower.ConvertName(fault.ToString()));

    private static readonly Dictionary<string, DiskFault> Faults = Words.ToDictionary(word => word.Value, word => word.Key);

    public static string Text(DiskFault fault) => Words[fault];

    public static bool TryParse(string text, out DiskFault fault) => Faults.TryGetValue(text, out fault);
}

/// <summary>What a fault was seen by.</summary>
/// <param name="Evidence">In words.</param>
/// <param name="Was">The disk that the checkpoint was made of, where it was seen.</param>
public sealed record FaultSeen(string Evidence, HostDisk? Was);

/// <summary>What is said of a checkpoint beside what it is: whose it is, and what was seen of it on a host.</summary>
/// <param name="Lost">What was seen when the host no longer knew it; null where it does.</param>
/// <param name="Faults">Of its disks, by target and fault.</param>
public sealed record CheckpointMarks(Owner? Owner, string? Lost, ImmutableSortedDictionary<(string Disk, DiskFault Fault), FaultSeen> Faults)
{
    public static CheckpointMarks None { get; } = new(
        null, null, ImmutableSortedDictionary.Create<(string Disk, DiskFault Fault), FaultSeen>(
            Comparer<(string Disk, DiskFault Fault)>.Create((one, other) =>
                string.CompareOrdinal(one.Disk, other.Disk) is not 0 and var order ? order : one.Fault.CompareTo(other.Fault))));

    /// <summary>Whether nothing is said.</summary>
    public bool IsNone => Owner is null && Lost is null && Faults.IsEmpty;

    public CheckpointMarks With(string disk, DiskFault fault, FaultSeen seen) => this with { Faults = Faults.SetItem((disk, fault), seen) };

    public CheckpointMarks Without(string disk, DiskFault fault) => this with { Faults = Faults.Remove((disk, fault)) };
}
