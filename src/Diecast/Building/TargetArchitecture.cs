using System.Text;
using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Building;

/// <summary>What a tree runs on, by what is in it: its kernel, else its shell.</summary>
internal static class TargetArchitecture
{
    /// <summary>What the kernel reads of a script's first line (include/uapi/linux/binfmts.h, BINPRM_BUF_SIZE).</summary>
    private const int LongestScriptLine = 256;

    private static readonly string[] Programs = ["/usr/bin/sh", "/bin/sh", "/usr/bin/ls", "/bin/ls", "/sbin/init"];

    internal static Architecture Of(FileTree tree, string? program = null)
    {
        if (KernelFinder.FindAll(tree) is [var kernel, ..] && kernel.Architecture != Architecture.Unknown)
            return kernel.Architecture;
        foreach (string path in program is null ? Programs : [program, .. Interpreter(tree, program), .. Programs])
        {
            try
            {
                if (tree.ResolveFile(path) is { } file)
                    return ElfFile.Read(file.Content).Architecture;
            }
            catch (InvalidImageException)
            {
                // A script, or no program at all: the next one may tell.
            }
        }

        return Architecture.Unknown;
    }

    /// <summary>What runs a script: in a store nothing has a path that is known beforehand.</summary>
    private static string[] Interpreter(FileTree tree, string program)
    {
        if (tree.ResolveFile(program) is not { } file)
            return [];
        byte[] start = new byte[Math.Min(file.Content.Length, LongestScriptLine)];
        file.Content.Read(0, start);
        return start.AsSpan().StartsWith("#!"u8)
            ? [Encoding.UTF8.GetString(start.AsSpan(2)).Split('\n')[0].Trim(' ', '\t').Split(' ', '\t')[0]]
            : [];
    }

    /// <summary>What a tree runs on; where nothing in it tells, the image's platform does.</summary>
    /// <exception cref="BuildException">The tree is for another platform than the image.</exception>
    internal static Architecture Of(FileTree tree, Platform? platform, Architecture? known = null)
    {
        Architecture found = known ?? Of(tree);
        if (platform is null)
            return found;
        var declared = Architectures.FromDebianName(platform.DebianArchitecture);
        if (found is Architecture.Unknown)
            return declared;
        // A 64-bit kernel runs the programs of its 32-bit elder.
        bool fits = declared == found || (declared, found) is
            (Architecture.Unknown, _) or (Architecture.I386, Architecture.Amd64) or (Architecture.Arm, Architecture.Arm64);
        return fits
            ? found
            : throw new BuildException(
                $"the image is for {platform.DebianArchitecture}, and the base is for {found.ToString().ToLowerInvariant()}",
                "take a base of that architecture, or another platform or image type");
    }

    /// <summary>The name in partition types such as <c>root-x86-64</c>, or null for an unknown one.</summary>
    internal static string? PartitionName(this Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => "x86-64",
        Architecture.I386 => "x86",
        Architecture.Arm64 => "arm64",
        Architecture.Arm => "arm",
        Architecture.RiscV64 => "riscv64",
        Architecture.LoongArch64 => "loongarch64",
        Architecture.Ppc64El => "ppc64-le",
        _ => null,
    };
}
