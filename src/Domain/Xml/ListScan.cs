using System.Xml;

namespace EventCheckpoints.Domain.Xml;

/// <summary>One walk over a list document, cutting out the items as they pass.</summary>
internal sealed class ListScan(XmlTextReader reader, SlidingText text, int firstIndex)
{
    private const string Item = "domaincheckpoint";
    private const string List = "checkpoints";

    private readonly List<ListItem> items = [];
    private readonly Dictionary<DefinitionHash, Definition> definitions = [];
    private string? current;

    public Result<ListDocument> Document()
    {
        while (reader.NodeType != XmlNodeType.Element)
            reader.Read();
        return reader.Name switch
        {
            Item => Single(),
            List => Items() ?? Rest(null, isList: true),
            "domain" => InDomain(),
            var other => new Refusal(Rule.XmlUnexpectedRoot, $"unexpected root element <{other}>, expecting <{List}>", Position),
        };
    }

    private XmlPosition Position => new(reader.LineNumber, reader.LinePosition - 1);

    /// <summary>The offset of the tag the parser stands on.</summary>
    private long TagStart => text.OffsetOf(reader.LineNumber, reader.LinePosition) - (reader.NodeType == XmlNodeType.EndElement ? "</" : "<").Length;

    private Result<ListDocument> Single()
    {
        Add();
        return Rest(null, isList: false);
    }

    /// <summary>Reads on to the end, where the last faults may be, and answers.</summary>
    private Result<ListDocument> Rest(Definition? domain, bool isList)
    {
        while (reader.Read())
        {
        }

        return items.Count > 0
            ? new ListDocument(domain, isList, current, items)
            : new Refusal(Rule.ListWithoutCheckpoints, $"expected at least one <{Item}> child");
    }

    /// <summary>What is around the items, put together again as it was before they were written into it (<see cref="BulkWriter"/>).</summary>
    private Result<ListDocument> InDomain()
    {
        var start = TagStart;
        text.Forget(start);
        if (reader.IsEmptyElement)
            return Rest(null, isList: false);

        string? before = null;
        while (reader.Read() && reader.Depth > 0)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.Depth != 1 || reader.Name != List)
                continue;
            if (before is not null)
                return Extra("domain", List);
            before = text.Slice(start, TagStart);
            if (Items() is { } refusal)
                return refusal;
            start = text.AfterTag(TagStart);
            text.Forget(start);
        }

        if (before is null)
            return Rest(null, isList: false);
        var after = text.Slice(start, text.AfterTag(TagStart));
        return DefinitionReader.Read(WithoutGap(before, after)).Then(domain => Rest(domain, isList: true));
    }

    private static string WithoutGap(string before, string after)
    {
        var blanks = before.EndsWith("  ", StringComparison.Ordinal) ? 2 : before.EndsWith(' ') ? 1 : 0;
        var newline = after.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : after.StartsWith('\n') ? 1 : 0;
        return string.Concat(before.AsSpan(0, before.Length - blanks), after.AsSpan(newline));
    }

    /// <summary>Takes the items of a <c>&lt;checkpoints&gt;</c> and leaves the parser on its end tag, or on itself where it is empty.</summary>
    private Refusal? Items()
    {
        current = reader.GetAttribute("current");
        if (reader.IsEmptyElement)
            return null;
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == Item)
                Add();
            else if (reader.NodeType == XmlNodeType.Element)
                return Extra(List, reader.Name);
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && !string.IsNullOrWhiteSpace(reader.Value))
                return Extra(List, "text");
        }

        return null;
    }

    private Refusal Extra(string element, string content) =>
        new(Rule.XmlInvalidSchema, $"Element {element} has extra content: {content}\n", Position);

    private void Add()
    {
        var position = Position;
        var start = TagStart;
        text.Forget(start);
        if (!reader.IsEmptyElement)
        {
            var depth = reader.Depth;
            while (reader.Read() && reader.Depth > depth)
            {
            }
        }

        var xml = text.Slice(start, text.AfterTag(TagStart));
        items.Add(Read(xml, position));
    }

    private ListItem Read(string xml, XmlPosition position)
    {
        var index = firstIndex + items.Count;
        var read = CheckpointReader.ReadRedefine(xml);
        if (read.Refusal is { } refusal)
            return new ListItem(index, Name(xml), refusal with { At = Shift(refusal.At, position) });
        return new ListItem(index, read.Value.Name.Value, read.Value with { Definition = Shared(read.Value.Definition) });
    }

    private static string? Name(string xml) => XmlTree.Parse(xml, CheckpointSchema.Source) is { Refusal: null, Value: var root } ? root.First("name")?.Text : null;

    private Definition? Shared(Definition? definition)
    {
        if (definition is not null && !definitions.TryAdd(definition.Hash, definition))
            return definitions[definition.Hash];
        return definition;
    }

    /// <summary>From a place in an item to the place in the document.</summary>
    private static XmlPosition? Shift(XmlPosition? inItem, XmlPosition item) => inItem is { } at
        ? new XmlPosition(item.Line + at.Line - 1, at.Line == 1 ? item.Column + at.Column - 1 : at.Column)
        : null;
}
