using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.ForeignFileSystems;

/// <summary>A file system that its own mkfs has made; it stands in a file without a name.</summary>
internal sealed class ForeignPlan : PackedFileSystem, IDisposable
{
    private readonly string _name;
    private readonly ForeignRequest _request;
    private readonly HostFile _file;
    private readonly Blob _content;

    /// <param name="name">The type.</param>
    /// <param name="maker">The program that made it, with its version.</param>
    /// <param name="request">What it was made from.</param>
    /// <param name="file">The file, which this disposes.</param>
    /// <param name="content">What is in the file.</param>
    internal ForeignPlan(string name, string maker, ForeignRequest request, HostFile file, Func<HostFile, Blob> content)
    {
        _name = name;
        _request = request;
        _file = file;
        _content = content(file);
        Codec = maker;
    }

    /// <inheritdoc/>
    public override long Length => _content.Length;

    /// <inheritdoc/>
    public override string? Codec { get; }

    /// <inheritdoc/>
    public override Blob ToBlob() => _content;

    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        Line(writer, $"{_name} by {Codec} uuid {_request.Uuid} label \"{_request.Label}\" time {_request.Time.Seconds}");
        Line(writer, $"length {Length}: {_request.Staged.Inodes.Count} inodes");
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        foreach (StagedInode staged in _request.Staged.Inodes)
        {
            Inode inode = staged.Inode;
            string size = inode is FileInode file ? string.Create(CultureInfo.InvariantCulture, $" size {file.Content.Length}") : "";
            Line(writer, $"inode {staged.Number} {staged.Path} {Convert.ToString(inode.FullMode, 8)} {inode.Uid}:{inode.Gid} links {staged.Links}{size}");
        }
    }

    public void Dispose() => _file.Dispose();

    private static void Line(TextWriter writer, FormattableString line) => writer.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
