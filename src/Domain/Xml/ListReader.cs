using System.Xml;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Reads checkpoints in bulk: one <c>&lt;domaincheckpoint&gt;</c>, a <c>&lt;checkpoints current='…'&gt;</c>, or a <c>&lt;domain&gt;</c> that
/// holds one, as libvirt's authors proposed for snapshots in 2019 (virDomainSnapshotObjListParse). The text is streamed: what is held is one
/// item, the surrounding <c>&lt;domain&gt;</c>, and what the items say, with equal definitions held once.
/// </summary>
public static class ListReader
{
    /// <summary>
    /// Every item is read by <see cref="CheckpointReader.ReadRedefine"/> and kept, refused or not. The whole is refused with
    /// <see cref="Rule.XmlMalformed"/>, <see cref="Rule.XmlUnexpectedRoot"/>, <see cref="Rule.XmlInvalidSchema"/> (something else among the
    /// items), <see cref="Rule.ListWithoutCheckpoints"/>, <see cref="Rule.XmlTooLarge"/>, or for what <see cref="DefinitionReader"/> refuses.
    /// </summary>
    /// <param name="firstIndex">The index of the first item, where several documents make one list.</param>
    public static Result<ListDocument> Read(TextReader text, int firstIndex = 0)
    {
        using var sliding = new SlidingText(text);
        using var reader = XmlTree.Open(sliding);
        try
        {
            return new ListScan(reader, sliding, firstIndex).Document();
        }
        catch (XmlException) when (sliding.TooLarge)
        {
            return new Refusal(Rule.XmlTooLarge, $"an item of the list has more than {XmlTree.MaxLength} characters, {XmlTree.MaxLength} are allowed");
        }
        catch (XmlException fault)
        {
            var at = new XmlPosition(Math.Max(1, fault.LineNumber), Math.Max(1, fault.LinePosition));
            return new Refusal(Rule.XmlMalformed, $"(checkpoints):{at.Line}: {XmlTree.Sentence(fault)}", at);
        }
    }
}
