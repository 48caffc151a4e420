using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>Where a follower keeps the last event that it is done with: a file of one line, replaced as a whole, so that whatever happens it holds an old position or a new one.</summary>
internal sealed class CursorFile(string path)
{
    /// <summary>20 digits; null where there is no such file yet.</summary>
    /// <exception cref="CursorException">The file cannot be read, or holds something else.</exception>
    public string? Read()
    {
        try
        {
            if (!File.Exists(path)) return null;
            var text = File.ReadAllText(path).Trim();
            return Sequence.TryParse(text, out var position) ? Sequence.Text(position) : throw new CursorException($"'{path}' holds no position in the events: it reads like {Sequence.Text(17)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CursorException($"Failed to open file '{path}': {XmlFile.Reason(e)}");
        }
    }

    /// <exception cref="CursorException">It could not be written.</exception>
    public void Write(string position)
    {
        try
        {
            var fresh = $"{path}.{Environment.ProcessId}";
            using (var file = new FileStream(fresh, FileMode.Create))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(position + "\n"));
                // Renamed before it is on the disk, it could be empty after a power cut.
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CursorException($"Failed to keep the position in '{path}': {XmlFile.Reason(e)}");
        }
    }
}

/// <summary>A position could not be kept.</summary>
internal sealed class CursorException(string message) : Exception(message);
