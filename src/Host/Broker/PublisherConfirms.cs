using System.Collections.Concurrent;

namespace EventCheckpoints.Host.Broker;

/// <summary>What became of a message.</summary>
internal enum Answer
{
    /// <summary>The broker has taken responsibility for it.</summary>
    Confirmed,

    /// <summary>The broker has not, and says so.</summary>
    Refused,

    /// <summary>There is no channel any more that an answer could come over.</summary>
    Lost,
}

/// <summary>
/// The answers to what is sent over one channel (RabbitMQ's confirm.select). The client's own tracking of them returns from a publish only with its answer: of several publishes at a time
/// nothing would then say which went out first.
/// </summary>
internal sealed class PublisherConfirms
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<Answer>> _open = new();
    private ulong _sent;
    private volatile bool _lost;

    /// <summary>The answer to the message that is sent next; messages of a channel are numbered from 1.</summary>
    public Task<Answer> Next()
    {
        // Not on the thread that reads from the connection, which has to go on reading.
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[++_sent] = answer;
        if (_lost) answer.TrySetResult(Answer.Lost);
        return answer.Task;
    }

    /// <param name="tag">The message's number.</param>
    /// <param name="multiple">Whether the answer is for all before it too.</param>
    public void Take(ulong tag, bool multiple, Answer answer)
    {
        foreach (var number in multiple ? _open.Keys.Where(number => number <= tag) : [tag])
            if (_open.TryRemove(number, out var open)) open.TrySetResult(answer);
    }

    /// <summary>No more answers will come.</summary>
    public void Lose()
    {
        _lost = true;
        foreach (var open in _open.Values) open.TrySetResult(Answer.Lost);
    }
}
