using System.Diagnostics;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.ImageTypes;
using Diecast.Tests.Building;

namespace Diecast.Tests.ImageTypes;

/// <summary>
/// Each image type there is, built in this process and by the command in a strange environment: another time, umask, zone and language,
/// other directories, one processor. All files of both builds have the same bytes.
/// </summary>
public sealed class EveryTypeTwiceTests(TypeRoots roots) : IClassFixture<TypeRoots>
{
    private const string Variables = "/usr/share/OVMF/OVMF_VARS_4M.fd";

    /// <summary>The catalogue itself, so that a new type is among them.</summary>
    public static TheoryData<string> Names => [.. ImageCatalogue.Types.Select(type => type.Name)];

    [ToolTheory("faketime", "grub-mkimage", "/usr/lib/grub/i386-pc/kernel.img", "/usr/lib/grub/x86_64-efi/kernel.img", Variables)]
    [MemberData(nameof(Names))]
    public void Every_type_gives_the_same_bytes_wherever_and_whenever_it_is_built(string name)
    {
        using var one = new TempDirectory();
        using var two = new TempDirectory();
        ImageType type = ImageCatalogue.Find(name)!;
        string first = Define(type, one, roots.First, inReverse: false);
        string second = Define(type, two, roots.Second, inReverse: true);

        // What is published has its digests beside it; for the others they would only cost time.
        bool isPublished = name == "appliance";
        ImageBuilder.Build(
            DefinitionReader.Read(first, new DefinitionOverrides { Set = Set(type) }),
            new BuildOptions { OutputPath = one["out/"], CacheDirectory = one["cache"], Digest = isPublished ? OutputDigest.Sha256 : OutputDigest.None });
        BuildElsewhere(two, [second, "--digest", isPublished ? "sha256" : "none", .. Set(type).SelectMany(set => new[] { "--set", set })]);

        string[] names = Files(one["out"]);
        Assert.NotEmpty(names);
        Assert.Equal(names, Files(two["out"]));
        foreach (string file in names)
            AssertSame(Path.Combine(one["out"], file), Path.Combine(two["out"], file));
        if (isPublished)
            Assert.Superset(new HashSet<string> { "SHA256SUMS", "twice.raw", "twice_1.efi", "twice-efi-vars.fd" }, names.ToHashSet());
    }

    /// <summary>Writes what a type is built of, and returns the definition.</summary>
    private static string Define(ImageType type, TempDirectory own, string shared, bool inReverse)
    {
        if (Boards.All.FirstOrDefault(board => board.Name == type.Name) is { } board)
            return BoardTree.Make(own, board);
        string place = own.Path;
        string system = "base: { directory: root }, kernel: { arguments: [console=ttyS0] }";
        string image = "";
        if (type.IsTree())
        {
            SmallSystem.In(own);
            system = "base: { directory: root }";
            // SmallSystem's files have the time at which they are written.
            image = "epoch: 1700000000\n";
        }
        else if (type.Platform.IsHurd())
        {
            TypeRoots.Write(place, TypeRoots.Hurd(), inReverse);
        }
        else
        {
            place = shared;
        }

        image += $"image: {{ type: {type.Name}{Keys(type)} }}\n";
        // GRUB of 32-bit UEFI is in no package that the tests have.
        string loader = type.Name == "efi32-raw" ? ", bootloader: none" : "";
        string definition = Path.Combine(place, type.Name + ".yaml");
        File.WriteAllText(definition, $"name: twice\n{(type.Name == "data" ? "" : $"system: {{ {system}{loader} }}\n")}{image}");
        return definition;
    }

    /// <summary>Keys that make it small, or more of it.</summary>
    private static ValueList<string> Set(ImageType type)
    {
        if (type.Name == "appliance")
            return ["image.appliance={ updates: https://example.org/twice/ }", "image.splitCompression=zstd", "image.efiVariables=" + Variables];
        if (type.IsTree() || type.Kind == ImageKind.Iso || type.Name == "data")
            return [];
        Image completed = type.Complete(new OperatingSystem { Base = new DirectoryBase { Path = "root" } }, new Image { Type = type.Name, Name = "twice" });
        bool hasEntry = completed.PartitionTable == PartitionTableType.Gpt && completed.Partitions.Any(partition => partition.Type == "esp");
        return ["image.free=4M", .. hasEntry ? (ReadOnlySpan<string>)["image.efiVariables=" + Variables] : []];
    }

    private static string Keys(ImageType type)
    {
        if (type.Name == "data")
        {
            // Not btrfs: mkfs.btrfs before 6.12 gives inodes the host's numbers.
            string[] fileSystems =
                ["ext2", "ext4", "vfat", "{ type: squashfs, compression: zstd }", "{ type: squashfs, compression: xz }", "{ type: erofs, compression: lz4 }", "erofs", "f2fs"];
            return $", partitions: [{string.Join(", ", fileSystems.Select(one => $"{{ fileSystem: {one}, content: {{ directory: root/srv }} }}"))}, {{ type: swap, size: 1M, fileSystem: swap }}]";
        }

        return "";
    }

    /// <summary>Runs the command where everything is different that may be.</summary>
    private static void BuildElsewhere(TempDirectory directory, string[] arguments)
    {
        Directory.CreateDirectory(directory["tmp"]);
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "umask 077; cd /; exec faketime -f '@2031-02-03 04:05:06' dotnet \"$0\" build --quiet --output \"$@\"", program, directory["out/"], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in new[]
        {
            ("TZ", "Pacific/Chatham"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("USER", "somebody"), ("HOME", directory["home"]), ("TMPDIR", directory["tmp"]),
            ("XDG_CACHE_HOME", directory["cache"]), ("DOTNET_PROCESSOR_COUNT", "1"), ("DOTNET_CLI_HOME", directory["home"]), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
    }

    private static string[] Files(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal)];

    /// <summary>Compares what either file stores; holes of both are the same.</summary>
    private static void AssertSame(string one, string two)
    {
        using HostFile first = HostFile.Open(one);
        using HostFile second = HostFile.Open(two);
        (Blob a, Blob b) = (Blob.FromFile(first, 0, new FileInfo(one).Length), Blob.FromFile(second, 0, new FileInfo(two).Length));
        Assert.True(a.Length == b.Length, $"{Path.GetFileName(one)}: {a.Length} bytes, and {b.Length}");
        foreach (BlobRange range in a.DataRanges().Concat(b.DataRanges()))
        {
            for (long at = range.Offset; at < range.Offset + range.Length; at += Part)
            {
                long length = Math.Min(Part, range.Offset + range.Length - at);
                byte[] bytes = a.Slice(at, length).ToArray();
                int same = bytes.AsSpan().CommonPrefixLength(b.Slice(at, length).ToArray());
                Assert.True(same == length, $"{Path.GetFileName(one)}: the builds differ from byte {at + same} on");
            }
        }
    }

    private const long Part = 1 << 22;
}
