using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>A file system written to a file, for tools that others wrote.</summary>
internal sealed class ExtImage : IDisposable
{
    internal static readonly ExtOptions Options = new()
    {
        Uuid = new Guid("0c0ffee0-1234-4567-89ab-0123456789ab"),
        Time = new Timestamp(1_700_000_000),
    };

    private readonly TempDirectory _directory = new();

    internal ExtImage(FileTree tree, ExtOptions? options = null)
        : this(ExtFileSystem.Plan(tree, options ?? Options), options ?? Options)
    {
    }

    internal ExtImage(ExtPlan plan, ExtOptions options)
    {
        HasLostAndFound = options.LostAndFound;
        Plan = plan;
        Path = _directory["image"];
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write);
        BlobWriter.Write(Plan.ToBlob(), file, Path);
    }

    internal ExtPlan Plan { get; }

    internal string Path { get; }

    internal bool HasLostAndFound { get; }

    public void Dispose() => _directory.Dispose();

    /// <summary>e2fsck finds nothing: no question, no remark, only its passes and the summary.</summary>
    internal ExtImage IsClean()
    {
        (int exitCode, string output) = Tool.Run("e2fsck", "-fn", Path);
        string[] remarks =
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(l => !l.StartsWith("e2fsck 1.", StringComparison.Ordinal))
                .Where(l => !l.StartsWith("Pass ", StringComparison.Ordinal))
                .Where(l => !l.Contains(" blocks", StringComparison.Ordinal) || !l.Contains(" files (", StringComparison.Ordinal)),
        ];
        Assert.True(exitCode == 0 && remarks.Length == 0, $"e2fsck ended with {exitCode}:\n{output}");
        return this;
    }

    /// <summary>The tree that the reader finds in it.</summary>
    internal FileTree Read() => ExtFileSystem.Read(Blob.FromFile(HostFile.FromPath(Path), 0, new FileInfo(Path).Length));

    internal string Debug(string request) => Tool.Check("debugfs", "-R", request, Path);

    /// <summary>What debugfs says to many requests.</summary>
    internal string Debug(IEnumerable<string> requests)
    {
        string file = _directory["requests"];
        File.WriteAllLines(file, requests);
        return Tool.Check("debugfs", "-f", file, Path);
    }

    /// <summary>The fields of dumpe2fs' first part.</summary>
    internal Dictionary<string, string> Header()
    {
        var fields = new Dictionary<string, string>();
        foreach (string line in Tool.Check("dumpe2fs", "-h", Path).Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return fields;
    }

    internal static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static FileInode TextFile(string text) => new(Blob.FromMemory(Encoding.UTF8.GetBytes(text)));
}
