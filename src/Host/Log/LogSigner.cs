using EventCheckpoints.Domain.Log;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Log;

/// <summary>
/// Signs what the log is (C2SP tlog-checkpoint): never a second text for a size, and never a tree that is not the last signed one gone on (tlog-checkpoint,
/// "consistent").
/// </summary>
public sealed class LogSigner(NpgsqlDataSource database, LogTree tree, LogWriter writer, LogPublisher publisher, LogSettings settings)
{
    /// <summary>Adds what there is to the log, and signs it if it has grown.</summary>
    /// <returns>The last signed checkpoint; null where no key is configured, or the log is empty.</returns>
    /// <exception cref="InconsistentLogException">The log was changed below what is signed.</exception>
    public async Task<SignedNote?> SignAsync(CancellationToken cancellation)
    {
        // Asked first: what another host signs from here on may be of a larger size than is seen below.
        var last = await LastAsync(cancellation);
        var published = await publisher.NewestAsync(cancellation);
        var size = await writer.AppendAsync(cancellation);
        if (settings.Key is not { } key || size == 0) return null;
        if (last is { } signed)
        {
            if (signed.Checkpoint.Size > size) throw new InconsistentLogException($"the log has {size} entries, and {signed.Checkpoint.Size} were signed: entries are gone");
            if (await tree.RootAsync(signed.Checkpoint.Size, cancellation) != signed.Checkpoint.Root)
                throw new InconsistentLogException($"the log's first {signed.Checkpoint.Size} entries are not those that were signed");
            if (signed.Checkpoint.Size == size)
            {
                // Perhaps the place was away when it was signed.
                if (published is null || published.Size < size) await publisher.PublishAsync(cancellation);
                return signed.Note;
            }
        }

        // Who took the end of the log away, or all of it, took what was signed of it too; what is published is elsewhere.
        if (published is not null && (published.Size > size || await tree.RootAsync(published.Size, cancellation) != published.Root))
            throw new InconsistentLogException($"the log has {size} entries, and they do not go on from the {published.Size} that were published");

        var note = key.Sign(new LogCheckpoint(key.Public.Name, size, await tree.RootAsync(size, cancellation)).ToString());
        await using var command = database.CreateCommand(
            $"insert into {Schema.Name}.log_checkpoints (size, origin, note) values ($1, $2, $3) on conflict do nothing");
        command.Parameters.AddWithValue(size);
        command.Parameters.AddWithValue(key.Public.Name);
        command.Parameters.AddWithValue(note.ToString());
        await command.ExecuteNonQueryAsync(cancellation);
        // Another host may have signed the same, or more.
        var now = (await LastAsync(cancellation))!;
        await publisher.PublishAsync(cancellation);
        return now.Note;
    }

    /// <summary>The last one of this key; null where there is none.</summary>
    /// <exception cref="InconsistentLogException">It does not carry the key's signature.</exception>
    public async Task<SignedLog?> LastAsync(CancellationToken cancellation)
    {
        if (settings.Key is not { } key) return null;
        await using var command = database.CreateCommand($"select note from {Schema.Name}.log_checkpoints where origin = $1 order by size desc limit 1");
        command.Parameters.AddWithValue(key.Public.Name);
        if (await command.ExecuteScalarAsync(cancellation) is not string text) return null;
        return SignedNote.Parse(text) is { } note && LogKey.Verify(key.Public, note) && LogCheckpoint.Parse(note.Text) is { } checkpoint
            ? new SignedLog(note, checkpoint)
            : throw new InconsistentLogException("the last signed checkpoint in the database does not carry this key's signature");
    }

    public sealed record SignedLog(SignedNote Note, LogCheckpoint Checkpoint);
}

/// <summary>How the log is kept.</summary>
/// <param name="Key">What it is signed with; null: the log is kept, and nothing is signed.</param>
/// <param name="Interval">Between signed checkpoints, while the log grows.</param>
/// <param name="PublishTo">A directory that gets each signed checkpoint as a file, NUMBER.note; null: none.</param>
public sealed record LogSettings(LogKey? Key, TimeSpan Interval, string? PublishTo)
{
    public static LogSettings WithoutKey { get; } = new(null, TimeSpan.FromMinutes(1), null);
}
