using System.Globalization;
using System.Security.Cryptography;
using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Tests.Building;

/// <summary>
/// Images whose protected partitions are written before the rest, against the same ones by a pass in order: those have a block
/// map beside them, which is made in order.
/// </summary>
public sealed class WriteAheadTests
{
    private const string Header = "name: disk\nseed: 11111111-2222-4333-8444-555555555555\nepoch: 1700000000\nimage:\n  type: data\n";
    private const string InOrder = "  format: [{ name: raw, options: { bmap: on } }]\n";

    [Fact]
    public void The_bytes_are_those_of_a_pass_in_order()
    {
        var random = new Random(92);
        for (int i = 0; i < 24; i++)
        {
            using var directory = new TempDirectory();
            string partitions = Draw(directory, random, i);
            BuildReport ahead = Build(directory, "ahead.raw", Header + partitions, i % 3 == 0 ? OutputDigest.None : OutputDigest.Sha256);
            BuildReport inOrder = Build(directory, "order.raw", Header + InOrder + partitions, OutputDigest.Sha256);

            string sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(directory["order.raw"])));
            Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(directory["ahead.raw"]))));
            Assert.Equal(sum, inOrder.Outputs[0].Sha256);
            Assert.Equal(i % 3 == 0 ? null : sum, ahead.Outputs[0].Sha256);
            Assert.Equal(inOrder.Outputs[0].Size, ahead.Outputs[0].Size);
            Assert.Equal(inOrder.Plan.Replace(" bmap=on", "", StringComparison.Ordinal), ahead.Plan);
            Assert.Contains("roothash ", ahead.Plan, StringComparison.Ordinal);
        }
    }

    private static BuildReport Build(TempDirectory directory, string name, string definition, OutputDigest digest) => ImageBuilder.Build(
        DefinitionReader.ReadText(definition, "disk.yaml", directory.Path, new DefinitionOverrides()),
        new BuildOptions { OutputPath = directory[name], Digest = digest, CacheDirectory = directory["cache"] });

    /// <summary>A disk with one or two things that are protected, in any order, between others.</summary>
    private static string Draw(TempDirectory directory, Random random, int number)
    {
        string[] fileSystems = ["ext4", "erofs", "{ type: erofs, compression: lz4 }", "{ type: squashfs, compression: zstd }", "{ type: ext4, blockSize: 1024 }", "ext2"];
        var partitions = new List<string>();
        for (int i = 0; i <= random.Next(2); i++)
        {
            string type = i == 0 ? "root-x86-64" : "usr-x86-64";
            string blocks = random.Next(2) == 0 ? "" : $", dataBlockSize: {512 << random.Next(4)}, hashBlockSize: {512 << random.Next(4)}";
            string content = $"tree{i}";
            WriteTree(directory, content, random);
            string fileSystem = fileSystems[random.Next(fileSystems.Length)];
            string room = random.Next(3) switch { 0 => ", free: 3M", 1 => ", minSize: 24M", _ => "" };
            if ((number + i) % 5 == 4)
            {
                File.WriteAllBytes(directory[content + ".raw"], Noise(random, random.Next(1, 500_000)));
                partitions.Add($"{{ type: {type}, content: {{ raw: {content}.raw }}, verity: {{ role: data, match: m{i}{blocks} }} }}");
            }
            else
            {
                partitions.Add($"{{ type: {type}, fileSystem: {fileSystem}, content: {{ directory: {content} }}{room}, verity: {{ role: data, match: m{i}{blocks} }} }}");
            }

            partitions.Add($"{{ type: {type}-verity, verity: {{ role: hash, match: m{i}{blocks} }} }}");
        }

        WriteTree(directory, "esp", random);
        partitions.Add("{ type: esp, fileSystem: vfat, content: { directory: esp } }");
        partitions.Add("{ type: linux-generic, fileSystem: ext4, content: { directory: tree0 } }");
        string[] shuffled = [.. partitions.OrderBy(_ => random.Next())];
        return "  partitions:\n" + string.Concat(shuffled.Select(partition => $"    - {partition}\n"));
    }

    private static void WriteTree(TempDirectory directory, string name, Random random)
    {
        for (int i = 0; i < random.Next(1, 60); i++)
        {
            string path = directory[string.Create(CultureInfo.InvariantCulture, $"{name}/{i % 5}/{i}")];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using FileStream file = File.Create(path);
            file.Write(Noise(random, random.Next(random.Next(10) == 0 ? 700_000 : 9_000)));
            if (random.Next(5) > 0)
                continue;
            // A hole, and something behind it.
            file.SetLength(file.Length + random.Next(200_000));
            file.Position = file.Length;
            file.Write(Noise(random, random.Next(3000)));
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
