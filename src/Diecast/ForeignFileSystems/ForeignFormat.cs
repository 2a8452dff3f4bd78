using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.ForeignFileSystems;

/// <summary>How one type of file system is made by its own mkfs from what any user can stage.</summary>
internal abstract class ForeignFormat
{
    protected const long MebiByte = 1 << 20;

    private const int Block = 4096;

    /// <summary>The type as mount(8) names it.</summary>
    internal abstract string Name { get; }

    /// <summary>The program that makes it.</summary>
    internal abstract ForeignTool Tool { get; }

    /// <summary>The formats.</summary>
    internal static ForeignFormat? Find(FileSystemType type) => type switch
    {
        FileSystemType.Btrfs => new BtrfsFormat(),
        FileSystemType.Xfs => new XfsFormat(),
        FileSystemType.F2fs => new F2fsFormat(),
        _ => null,
    };

    /// <summary>Puts the tree where the program finds it.</summary>
    internal abstract void Stage(ForeignRequest request, string directory, CancellationToken cancellation);

    /// <summary>A size that most likely holds the tree and what is to be free; a larger one is tried where it does not.</summary>
    internal abstract long Guess(ForeignRequest request);

    /// <summary>Makes the file system in a file of the wanted size, which it may cut.</summary>
    /// <param name="run">What is made, with what, and where.</param>
    internal abstract void Make(ForeignRun run);

    /// <summary>Gives the inodes what they are to have.</summary>
    internal abstract void Finish(ForeignRequest request, ImageEditor image);

    /// <summary>Whether a failure says that there is no room.</summary>
    internal static bool IsFull(BuildException failure) => FullSigns.Any(sign => failure.Message.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] FullSigns = ["no space left", "enospc", "too small", "not enough", "must be larger", "errno=-28", "error -28", "find free block"];

    /// <summary>Bytes of content in whole blocks.</summary>
    protected static long ContentBytes(StagedTree staged) =>
        staged.Inodes.Sum(inode => inode.Inode is FileInode file ? Units.RoundUp(file.Content.Length, Block) : 0);

    /// <summary>The words of the user's own options.</summary>
    protected static IEnumerable<string> Extra(ForeignRequest request) =>
        request.Declared.MkfsOptions.SelectMany(option => option.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    protected static UnrepresentableException Refuse(string format, StagedInode inode, string message) => new(format, inode.Path, message);
}

/// <summary>One run of a mkfs.</summary>
/// <param name="Request">What is made.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Stage">Where the tree was staged.</param>
/// <param name="Image">The file, which has the size.</param>
/// <param name="IsExact">Whether the size is to stay.</param>
/// <param name="Cancellation">Ends it.</param>
internal sealed record ForeignRun(ForeignRequest Request, Version Version, string Stage, string Image, bool IsExact, CancellationToken Cancellation);
