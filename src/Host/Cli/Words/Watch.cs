using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Cli.Shell;
using Polly;
using Polly.Retry;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>watch: events as they happen.</summary>
internal static class Watch
{
    private static readonly string[] Filters = ["domain", "type", "checkpoint", "actor", "source", "owner"];

    /// <summary>Longer than two of the server's signs of life are apart.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private static readonly ResiliencePipeline<Outcome> UntilItAnswers = new ResiliencePipelineBuilder<Outcome>().AddRetry(new RetryStrategyOptions<Outcome>
    {
        ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result == Outcome.NotReached),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromMilliseconds(250),
        MaxDelay = TimeSpan.FromSeconds(30),
    }).Build();

    public static Word Word { get; } = new(
        "watch",
        Group.Events,
        "follow events as they happen",
        "Prints a line for each event, in order, as it happens, until it is interrupted.",
        [
            new("domain", Takes.Text, "only this domain, also one that is no longer registered", Names.Domain),
            new("type", Takes.Text, "only events of this type, such as '*.deleted.v1'; * and ? are wildcards", NamedOnly: true),
            new("checkpoint", Takes.Text, "only checkpoints of this name; * and ? are wildcards", NamedOnly: true),
            new("actor", Takes.Text, "only what this one did", NamedOnly: true),
            new("owner", Takes.Text, "only checkpoints that this tool or person answered for then", NamedOnly: true),
            new("source", Takes.Text, "only what came through cli, api, sync or import", NamedOnly: true),
            .. WebhookWords.Begin,
            new("exec", Takes.Text, "run this command for each event, with the CloudEvent on its standard input", NamedOnly: true),
            new("cursor", Takes.Text, "a file that keeps the position: the next run goes on from there", Names.File, NamedOnly: true),
            new("limit", Takes.Text, "end after this many events", NamedOnly: true),
            new("json", Takes.Nothing, "one line of JSON for each event, as CloudEvents 1.0.2", NamedOnly: true),
        ],
        Run)
    {
        Notes =
        [
            "Without --from, --after or a position in --cursor it begins with what happens from now on. Where the server goes away, it is asked again until it is back.",
            "--exec runs sh -c, one event after another, with EVENTCHECKPOINTS_TYPE, _SEQUENCE, _DOMAIN, _DOMAIN_NAME and _CHECKPOINT in its environment.",
            "A command that fails ends it, and the position stays before that event: with --cursor the next run tries it again. So each event is given at least once.",
        ],
        Examples = ["watch", "watch vm1 --from start --json", "watch --type '*.checkpoint.deleted.v1' --exec 'mail -s deleted ops@example.org' --cursor /var/lib/ops/cursor"],
    };

    private enum Outcome
    {
        Done,
        Failed,

        /// <summary>The server could not be asked.</summary>
        NotReached,

        /// <summary>It answered, and then the stream ended.</summary>
        Interrupted,
    }

    private static async Task<bool> Run(Invocation call)
    {
        call.IsDocument = true;
        var query = new List<string>();
        foreach (var filter in Filters)
        {
            if (!call.Text(filter, out var value)) return false;
            if (value is not null) query.Add($"{filter}={Uri.EscapeDataString(value)}");
        }

        if (!call.Text("from", out var from) || !call.Text("after", out var after) || !call.Text("exec", out var command) || !call.Text("cursor", out var file) || !call.Text("limit", out var limit)) return false;
        var left = long.MaxValue;
        if (limit is not null && (!long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out left) || left == 0))
            return call.Fail($"Numeric value '{limit}' for <limit> option is malformed or out of range");
        try
        {
            var cursor = file is null ? null : new CursorFile(call.Locate(file));
            var position = cursor?.Read();
            if (position is null && from is not null) query.Add($"from={Uri.EscapeDataString(from)}");
            if (position is null && after is not null) query.Add($"after={Uri.EscapeDataString(after)}");
            return await new Follower(call, $"v1/events/stream?{string.Join('&', query)}", command, cursor, position, left).RunAsync();
        }
        catch (CursorException fault)
        {
            return call.Fail(fault.Message);
        }
    }

    private sealed class Follower(Invocation call, string path, string? command, CursorFile? cursor, string? position, long left)
    {
        private string? _position = position;
        private string? _kept = position;
        private long _left = left;
        private bool _answered;
        private IOException? _closed;

        public async Task<bool> RunAsync()
        {
            while (true)
            {
                var outcome = _answered ? await UntilItAnswers.ExecuteAsync(async _ => await FollowAsync()) : await FollowAsync();
                if (outcome is Outcome.Done or Outcome.Failed or Outcome.NotReached) return outcome == Outcome.Done;
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }
        }

        private async Task<Outcome> FollowAsync()
        {
            var answered = false;
            var outcome = Outcome.Interrupted;
            var reply = await call.Api.Follow(path, _position, Silence, async (begin, events) =>
            {
                (_answered, answered) = (true, true);
                _position ??= begin;
                outcome = await ReadAsync(events);
            });
            if (_closed is { } closed) throw closed;
            if (reply.Problem is not { } problem || outcome != Outcome.Interrupted) return outcome;
            if (problem.Rule is not null || !_answered)
            {
                call.Fail(problem);
                return Outcome.Failed;
            }

            if (answered) call.Errors.Write($"{problem.Detail}; asking again\n");
            return answered ? Outcome.Interrupted : Outcome.NotReached;
        }

        private async Task<Outcome> ReadAsync(IAsyncEnumerable<SseItem<string>> events)
        {
            // Not disposed: it may be waiting while it is left, and ends with the stream that it reads.
            var each = events.GetAsyncEnumerator();
            while (true)
            {
                var next = each.MoveNextAsync();
                // Written where there is time for it: what is told twice after a kill is told at least once.
                if (!next.IsCompleted) Keep();
                if (!await next) return Outcome.Interrupted;
                var item = each.Current;
                if (item.Data.Length > 0 && !await GiveAsync(item)) return Outcome.Failed;
                _position = item.EventId ?? _position;
                if (item.Data.Length == 0) continue;
                // What a command did is done.
                if (command is not null) Keep();
                if (--_left > 0) continue;
                Keep();
                return Outcome.Done;
            }
        }

        private void Keep()
        {
            if (cursor is null || _position is null || _position == _kept) return;
            cursor.Write(_position);
            _kept = _position;
        }

        private async Task<bool> PrintAsync(string line)
        {
            try
            {
                call.Out.Write(line);
                await call.Out.FlushAsync();
                return true;
            }
            catch (IOException closed)
            {
                // Not the server's fault, and so not to be mended by asking it again.
                _closed = closed;
                return false;
            }
        }

        private async Task<bool> GiveAsync(SseItem<string> item)
        {
            if (command is null)
            {
                return await PrintAsync((call.WantsJson ? item.Data : EventLine.Of(JsonNode.Parse(item.Data)!, call.Session.Zone)) + "\n");
            }

            Keep();
            var code = await EventCommand.RunAsync(command, item.Data, call.Session.Directory);
            return code == 0 || call.Fail($"the command ended with {code} at event {item.EventId}: it is tried again by the next run");
        }
    }
}
