using System.Globalization;

namespace EventCheckpoints.Domain.Xml;

/// <summary>Writes a checkpoint as libvirt does (checkpoint_conf.c, virDomainCheckpointDefFormatInternal), which has a fixed order and never a size.</summary>
public static class CheckpointWriter
{
    /// <param name="domainXml">The <c>&lt;domain&gt;</c>, written as it is behind the indentation of its first line; null to leave it out (NO_DOMAIN).</param>
    /// <param name="indent">Blanks before <c>&lt;domaincheckpoint&gt;</c>.</param>
    public static void Write(TextWriter output, Checkpoint checkpoint, string? domainXml, int indent = 0)
    {
        var margin = new string(' ', indent);
        Line(output, margin, "<domaincheckpoint>");
        Line(output, margin, "  <name>", checkpoint.Name.Value, "</name>");
        if (!string.IsNullOrEmpty(checkpoint.Description))
            Line(output, margin, "  <description>", LibvirtText.Escape(checkpoint.Description), "</description>");
        if (checkpoint.Parent is { } parent)
        {
            Line(output, margin, "  <parent>");
            Line(output, margin, "    <name>", parent.Value, "</name>");
            Line(output, margin, "  </parent>");
        }

        if (checkpoint.CreationTime.Seconds != 0)
            Line(output, margin, "  <creationTime>", checkpoint.CreationTime.Seconds.ToString(CultureInfo.InvariantCulture), "</creationTime>");
        if (checkpoint.Disks.Count > 0)
        {
            Line(output, margin, "  <disks>");
            foreach (var disk in checkpoint.Disks)
                Line(output, margin, "    <disk", Attributes(disk), "/>");
            Line(output, margin, "  </disks>");
        }

        if (domainXml is not null)
            Line(output, margin, "  ", domainXml);
        Line(output, margin, "</domaincheckpoint>");
    }

    private static string Attributes(CheckpointDisk disk) =>
        Attribute("name", disk.Name) + Attribute("checkpoint", disk.Mode == DiskMode.No ? "no" : "bitmap") + (disk.Bitmap is { } bitmap ? Attribute("bitmap", bitmap) : "");

    private static string Attribute(string name, string value) => $" {name}='{LibvirtText.EscapeAttribute(value)}'";

    private static void Line(TextWriter output, string margin, string start, string middle = "", string end = "")
    {
        output.Write(margin);
        output.Write(start);
        output.Write(middle);
        output.Write(end);
        output.Write('\n');
    }
}
