using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>Waiting for a condition.</summary>
internal static class Eventually
{
    /// <param name="otherwise">What to say when it is still not so after a minute.</param>
    public static async Task Async(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, otherwise());
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
