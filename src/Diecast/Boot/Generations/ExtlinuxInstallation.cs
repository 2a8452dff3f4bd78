using System.Text;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>
/// What the configuration of a NixOS system says of U-Boot's menu (boot.loader.generic-extlinux-compatible, hardware.deviceTree). It is not
/// in boot.json but in the command that the system runs to install its boot loader, which its closure has.
/// </summary>
internal sealed record ExtlinuxInstallation
{
    /// <summary>Where NixOS has the menu unless it is told otherwise.</summary>
    internal const string DefaultDirectory = "/boot";

    private const string SwitchProgram = "/bin/switch-to-configuration";
    private const string Script = "-install-extlinux-conf.sh";
    private const string Builder = "-extlinux-conf-builder.sh";
    private const string Store = "/nix/store/";

    /// <summary>The program is a script or a small wrapper; what is larger has no such line.</summary>
    private const long MaximumLength = 16 << 20;

    /// <summary>The directories with <c>extlinux</c> and <c>nixos</c> in them (mirroredBoots).</summary>
    internal ValueList<string> Directories { get; init; } = [DefaultDirectory];

    /// <summary>The device tree by its path below the kernel's directory of them (hardware.deviceTree.name), or null for U-Boot to choose.</summary>
    internal string? DeviceTree { get; init; }

    /// <summary>Whether U-Boot's own device tree is to do (useGenerationDeviceTree = false).</summary>
    internal bool IsWithoutDeviceTrees { get; init; }

    /// <summary>That of a system, or null where the system's boot loader is another one, or none.</summary>
    internal static ExtlinuxInstallation? Find(FileTree root, SystemGeneration generation)
    {
        if (generation.Kind != StoreSystemKind.Nixos || Read(root, generation.Path + SwitchProgram) is not { } program)
            return null;
        int end = program.IndexOf(Script, StringComparison.Ordinal);
        int start = end < 0 ? -1 : program.LastIndexOf(Store, end, StringComparison.Ordinal);
        return Parse(start < 0 ? program : Read(root, program[start..(end + Script.Length)]) ?? "");
    }

    /// <summary>Reads the calls of extlinux-conf-builder.sh, one for each directory.</summary>
    private static ExtlinuxInstallation? Parse(string text)
    {
        ExtlinuxInstallation? found = null;
        var directories = new List<string>();
        for (int at = text.IndexOf(Builder, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Builder, at, StringComparison.Ordinal))
        {
            at += Builder.Length;
            int end = text.AsSpan(at).IndexOfAny('\n', '\0');
            string line = end < 0 ? text[at..] : text.Substring(at, end);
            string[] words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'', '"', ';'))];
            // Without arguments it is named, and not called.
            if (words is not [['-', _], ..])
                continue;
            var call = new ExtlinuxInstallation();
            string directory = DefaultDirectory;
            for (int i = 0; i < words.Length && words[i] != "-c"; i++)
            {
                switch (words[i])
                {
                    case "-n" when i + 1 < words.Length:
                        call = call with { DeviceTree = words[++i] };
                        break;
                    case "-d" when i + 1 < words.Length:
                        directory = words[++i].TrimEnd('/');
                        break;
                    case "-r":
                        call = call with { IsWithoutDeviceTrees = true };
                        break;
                }
            }

            if (!directories.Contains(directory))
                directories.Add(directory);
            found = call;
        }

        return found is null ? null : found with { Directories = [.. directories] };
    }

    /// <summary>Any bytes as text, so that it may be a program.</summary>
    private static string? Read(FileTree root, string path) =>
        root.ResolveFile(path)?.Content is { Length: <= MaximumLength } content ? Encoding.Latin1.GetString(content.ToArray()) : null;
}
