using System.Buffers.Binary;
using Diecast.ImageTypes;
using Diecast.Tests.Boot;

namespace Diecast.Tests.ImageTypes;

/// <summary>A directory with just what an image of a board is made from: a kernel, busybox, device trees and loaders.</summary>
internal static class BoardTree
{
    internal const string Version = "6.12.1-board";

    // Lengths that are no multiple of anything, and tell the blobs apart.
    private const int FirstLength = 50_001;
    private const int LengthStep = 1_009;

    /// <summary>Makes the directory, and a definition of an image of the board beside it.</summary>
    internal static string Make(TempDirectory directory, Board board)
    {
        Put(directory, "root/boot/vmlinuz-" + Version, Kernel(board.Platform));
        Put(directory, "root/usr/bin/busybox", BootTrees.Elf(machine: Machine(board.Platform)));
        Put(directory, $"root/usr/lib/linux-image-{Version}/broadcom/bcm2711-rpi-4-b.dtb", "tree of a Raspberry Pi"u8.ToArray());
        Put(directory, $"root/usr/lib/linux-image-{Version}/vendor/board.dtb", "tree of a board"u8.ToArray());
        foreach (string name in new[] { "bootcode.bin", "start4.elf", "fixup4.dat", "README" })
            Put(directory, "root/usr/lib/raspi-firmware/" + name, System.Text.Encoding.ASCII.GetBytes(name));
        Put(directory, "root/etc/os-release", "PRETTY_NAME=\"Board OS\"\n"u8.ToArray());
        Put(directory, "root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"u8.ToArray());
        Put(directory, "root/etc/shadow", "root:*:20000:0:99999:7:::\n"u8.ToArray());
        Put(directory, "root/etc/group", "root:x:0:\n"u8.ToArray());
        Put(directory, "root/etc/gshadow", "root:*::\n"u8.ToArray());
        string blobs = "";
        foreach ((ImageBlob blob, byte[] bytes) in Contents(board))
        {
            string file = blob.Tree is { } path ? "root" + path : blob.Name!;
            Put(directory, file, bytes);
            blobs += blob.Tree is null ? $"    - {{ name: {blob.Name}, file: {file} }}\n" : "";
        }

        // GRUB's own files are no matter of the layout.
        string loader = board.Bootloader == BootloaderKind.Grub ? "  bootloader: none\n" : "";
        File.WriteAllText(directory["board.yaml"], $"""
            name: board
            epoch: 1700000000
            seed: 2F9A6C1E-5D9F-4A3B-8C47-1B2D3E4F5A6B
            system:
              base: {"{ directory: root }"}
            {loader}image:
              type: {board.Name}
            {(blobs.Length > 0 ? "  blobs:\n" + blobs : "")}
            """);
        return directory["board.yaml"];
    }

    /// <summary>What each blob holds. Two of one file hold the same.</summary>
    internal static IEnumerable<(ImageBlob Blob, byte[] Bytes)> Contents(Board board)
    {
        var known = new Dictionary<string, byte[]>();
        foreach (ImageBlob blob in board.Blobs)
        {
            string key = blob.Tree ?? blob.Name!;
            if (!known.TryGetValue(key, out byte[]? bytes))
            {
                bytes = new byte[FirstLength + (LengthStep * known.Count)];
                new Random(known.Count).NextBytes(bytes);
                known.Add(key, bytes);
            }

            yield return (blob, bytes);
        }
    }

    private static byte[] Kernel(Platform platform)
    {
        byte[] image = new byte[4096];
        if (platform == Platform.Armhf)
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24), 0x016f2818);
        else
            (platform == Platform.Arm64 ? "ARM\x64"u8 : "RSC\x05"u8).CopyTo(image.AsSpan(56));
        return image;
    }

    private static ushort Machine(Platform platform) => platform == Platform.Armhf ? (ushort)40 : platform == Platform.Arm64 ? (ushort)183 : (ushort)243;

    private static void Put(TempDirectory directory, string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory[path])!);
        File.WriteAllBytes(directory[path], bytes);
    }
}
