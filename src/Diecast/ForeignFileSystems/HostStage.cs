using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.ForeignFileSystems;

/// <summary>
/// Puts a tree into a directory of the host as any user can: everything is the user's own, devices, pipes and sockets are
/// empty files, and the time of each inode is its number.
/// </summary>
internal sealed class HostStage
{
    private const int CopyUnit = 1 << 20;

    private readonly StagedTree _staged;
    private readonly CancellationToken _cancellation;
    private readonly Action<StagedInode, byte[]>? _setAttributes;
    private readonly Dictionary<int, byte[]> _paths = [];
    private readonly List<(byte[] Path, int Number)> _times = [];
    private readonly byte[] _buffer = new byte[CopyUnit];
    private int _next = 1;

    private HostStage(StagedTree staged, Action<StagedInode, byte[]>? setAttributes, CancellationToken cancellation)
    {
        _staged = staged;
        _setAttributes = setAttributes;
        _cancellation = cancellation;
    }

    /// <summary>Stages the whole tree.</summary>
    /// <param name="staged">The tree.</param>
    /// <param name="directory">A directory that is not there yet.</param>
    /// <param name="setAttributes">Gives an inode, whose path ends with NUL, the attributes that it is staged with.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The host cannot take it.</exception>
    internal static void Write(StagedTree staged, string directory, Action<StagedInode, byte[]>? setAttributes, CancellationToken cancellation)
    {
        var stage = new HostStage(staged, setAttributes, cancellation);
        byte[] root = Terminated(Encoding.UTF8.GetBytes(directory));
        stage.Directory(staged.Tree.Root, root, 0);
        // Entries change the time of their directory, so all times come last.
        foreach ((byte[] path, int number) in stage._times)
            HostEntries.SetTime(path, StagedTree.TimeOf(number));
    }

    /// <summary>Writes the content of every regular file to a file that has its number as its name.</summary>
    /// <exception cref="IOException">The host cannot take it.</exception>
    internal static void WriteContents(StagedTree staged, string directory, CancellationToken cancellation)
    {
        var stage = new HostStage(staged, null, cancellation);
        foreach (StagedInode inode in staged.Inodes)
        {
            if (inode.Inode is FileInode file)
                stage.File(file.Content, Terminated(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{directory}/{inode.Number}"))));
        }
    }

    private static byte[] Terminated(ReadOnlySpan<byte> path) => [.. path, 0];

    private void Directory(DirectoryInode directory, byte[] path, int number)
    {
        HostEntries.MakeDirectory(path);
        Describe(path, number);
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            _cancellation.ThrowIfCancellationRequested();
            Entry(entry.Inode, [.. path.AsSpan(0, path.Length - 1), (byte)'/', .. entry.Name.Span, 0]);
        }
    }

    private void Entry(Inode inode, byte[] path)
    {
        int number = _staged.LinksAreKept ? _staged.NumberOf(inode) : _next++;
        if (_paths.TryGetValue(number, out byte[]? first))
        {
            HostEntries.MakeHardLink(first, path);
            return;
        }

        switch (inode)
        {
            case DirectoryInode directory:
                Directory(directory, path, number);
                return;
            case SymlinkInode link:
                HostEntries.MakeSymlink(Terminated(link.Target.Span), path);
                break;
            default:
                File((inode as FileInode)?.Content ?? Blob.Empty, path);
                break;
        }

        if (_staged.Inodes[number].Links > 1)
            _paths.Add(number, path);
        Describe(path, number);
    }

    private void Describe(byte[] path, int number)
    {
        if (_staged.Inodes[number].Inode.Xattrs.Count > 0)
            _setAttributes?.Invoke(_staged.Inodes[number], path);
        _times.Add((path, number));
    }

    private void File(Blob content, byte[] path)
    {
        using SafeFileHandle file = HostEntries.MakeFile(path);
        if (content.Length == 0)
            return;
        foreach (BlobRange range in content.MayHaveHoles ? content.DataRanges() : [new BlobRange(0, content.Length)])
        {
            for (long done = 0; done < range.Length; done += CopyUnit)
            {
                _cancellation.ThrowIfCancellationRequested();
                Span<byte> unit = _buffer.AsSpan(0, (int)Math.Min(CopyUnit, range.Length - done));
                content.Read(range.Offset + done, unit);
                RandomAccess.Write(file, unit, range.Offset + done);
            }
        }

        if (RandomAccess.GetLength(file) < content.Length)
            RandomAccess.SetLength(file, content.Length);
    }
}
