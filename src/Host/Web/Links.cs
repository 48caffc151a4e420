using System.Globalization;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Web;

/// <summary>Addresses of pages, and how pages write times and differences.</summary>
internal static class Links
{
    public static string Domain(DomainId domain) => $"/domains/{domain}";

    public static string Checkpoint(DomainId domain, MomentName name, string? at = null) => With($"/domains/{domain}/checkpoints/{Uri.EscapeDataString(name.Value)}", ("at", at));

    /// <summary>A path with the fields that have a value.</summary>
    public static string With(string path, params (string Name, string? Value)[] fields)
    {
        var query = string.Join('&', fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <exception cref="InvalidOperationException">A difference that this version of the software does not know.</exception>
    public static string Sentence(Difference difference) => difference switch
    {
        NameDiffers d => $"The domain was {d.Before?.Value ?? "not registered"}, and is {d.After?.Value ?? "not registered"}",
        DefinitionDiffers => "The domain's definition is another",
        CheckpointMissingAfter d => $"{d.Checkpoint.Name} went",
        CheckpointMissingBefore d => $"{d.Checkpoint.Name} appeared, under {d.Checkpoint.Parent?.Value ?? "no parent"}",
        ParentDiffers d => $"{d.Name} moved from {d.Before?.Value ?? "the roots"} to {d.After?.Value ?? "the roots"}",
        ContentDiffers d => $"{d.Name} was redefined",
        OrderDiffers d => $"The order below {d.Parent?.Value ?? "the roots"} is another",
        CurrentDiffers d => $"Current was {d.Before?.Value ?? "none"}, and is {d.After?.Value ?? "none"}",
        HoldMissingAfter d => $"Hold {d.Hold} on {d.Checkpoint?.Value ?? "the whole domain"} was released",
        HoldMissingBefore d => $"Hold {d.Hold} on {d.Checkpoint?.Value ?? "the whole domain"} was placed",
        _ => throw new InvalidOperationException($"difference of unknown type {difference.GetType().Name}"),
    };
}
