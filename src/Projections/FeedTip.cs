using System.Text.Json;
using BitFaster.Caching;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Hosting;

namespace EventCheckpoints.Projections;

/// <summary>
/// Where the feed ends at this moment, for all who wait there: one look at the database for all of them, and one reading of a page for all who want the same one.
/// </summary>
public sealed class FeedTip(SafeSequence safe, Feed feed) : BackgroundService
{
    /// <summary>How long an event may go unnoticed by who waits for it, where nothing rang.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Pages kept for those who come right behind; each is at most some 2 MB.</summary>
    private readonly IAsyncCache<(string Filter, long After, long Through), FeedPage> _pages =
        new ConcurrentLruBuilder<(string, long, long), FeedPage>().WithAtomicGetOrAdd().AsAsyncCache().WithCapacity(16).Build();

    /// <summary>At most one: who looks after several rings sees what all of them rang for.</summary>
    private readonly SemaphoreSlim _rung = new(0, 1);

    private volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _reach;
    private int _waiting;

    /// <summary>The filter that lets all through, as text.</summary>
    private static readonly string AllKey = KeyOf(new FeedFilter());

    /// <summary>A page of at most so many events.</summary>
    public const int PageSize = 100;

    /// <summary>Something was appended: look now, and not only at the next interval.</summary>
    public void Ring()
    {
        if (_rung.CurrentCount > 0) return;
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another one rang in between.
        }
    }

    /// <summary>The sequence up to which the feed can be read now, asked of the database.</summary>
    public Task<long> NowAsync(CancellationToken cancellation) => safe.ReachAsync(cancellation);

    /// <summary>The same, once it is beyond a position.</summary>
    /// <exception cref="TimeoutException">It was not within that time.</exception>
    public async Task<long> BeyondAsync(long position, TimeSpan patience, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                var moved = _moved.Task;
                if (Volatile.Read(ref _reach) is var reach && reach > position) return reach;
                await moved.WaitAsync(patience, cancellation);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A filter as text, the same for the same filter.</summary>
    public static string KeyOf(FeedFilter filter) => JsonSerializer.Serialize(filter, Wire.Options);

    /// <summary>A page, read once for all who ask for it at about the same time.</summary>
    /// <param name="key">The filter as <see cref="KeyOf"/> has it.</param>
    public async Task<FeedPage> PageAsync(FeedFilter filter, string key, long after, long through, CancellationToken cancellation) =>
        await _pages.GetOrAddAsync((key, after, through), _ => feed.Handle(new ReadFeed(filter, after, through, PageSize), CancellationToken.None)).AsTask().WaitAsync(cancellation);

    public override void Dispose()
    {
        _rung.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _rung.WaitAsync(Pause, stoppingToken);
                if (Volatile.Read(ref _waiting) > 0) await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    private void Move(ReadFeed window, long reach, IReadOnlyList<FeedEvent>? found)
    {
        if (reach <= window.After) return;
        // What is beyond the reach may have others before it that are still to come.
        if (found?.TakeWhile(happened => happened.Sequence <= reach).ToArray() is { } events && (events.Length == window.Limit || reach <= window.Through)
            && feed.PageOf(events, events.Length == window.Limit ? events[^1].Sequence : reach) is { } page)
            _pages.AddOrUpdate((AllKey, window.After, reach), page);
        Volatile.Write(ref _reach, reach);
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            var from = Volatile.Read(ref _reach);
            var window = new ReadFeed(new FeedFilter(), from, from + (4 * PageSize), PageSize);
            // Most who wait at the end want the page behind it, of all events: it comes with the look, and they need not ask again.
            await safe.ReachAsync(
                from, PageSize, () => Feed.SelectAll(window), Feed.Read, happened => happened.Sequence, (reach, events) => Move(window, reach, events), cancellation);
        }
        catch (Exception away) when (away is Npgsql.NpgsqlException or TimeoutException or IOException)
        {
            // Nobody moves on while the database is away; whoever asks it next hears of it.
        }
    }
}
