namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Writes checkpoints in bulk, one after the other: a <c>&lt;domain&gt;</c> as it is with a <c>&lt;checkpoints&gt;</c> before its end, or a bare
/// <c>&lt;checkpoints&gt;</c>. <see cref="ListReader"/> gives the <c>&lt;domain&gt;</c> back character for character.
/// </summary>
public static class BulkWriter
{
    private const string EndOfDomain = "</domain";

    /// <param name="domainXml">The surrounding <c>&lt;domain&gt;</c>, or null for a bare list.</param>
    /// <param name="current">Left out where null: nothing is current.</param>
    public static void WriteStart(TextWriter output, string? domainXml, MomentName? current)
    {
        if (domainXml is not null)
        {
            output.Write(domainXml.AsSpan(0, End(domainXml)));
            output.Write("  ");
        }

        output.Write("<checkpoints");
        if (current is { } name)
            output.Write($" current='{name.Value}'");
        output.Write(">\n");
    }

    /// <param name="domainXml">The checkpoint's own <c>&lt;domain&gt;</c>, or null to leave it out.</param>
    /// <param name="indent">4 inside a <c>&lt;domain&gt;</c>; 2 suits a bare list.</param>
    public static void WriteItem(TextWriter output, Checkpoint checkpoint, string? domainXml, int indent = 4) =>
        CheckpointWriter.Write(output, checkpoint, domainXml, indent);

    /// <param name="domainXml">As given to <see cref="WriteStart"/>.</param>
    public static void WriteEnd(TextWriter output, string? domainXml)
    {
        output.Write(domainXml is null ? "</checkpoints>\n" : "  </checkpoints>\n");
        if (domainXml is null)
            return;
        output.Write(domainXml.AsSpan(End(domainXml)));
        output.Write('\n');
    }

    private static int End(string domainXml) => domainXml.LastIndexOf(EndOfDomain, StringComparison.Ordinal);
}
