using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class OvaTests
{
    private static readonly XNamespace Ovf = "http://schemas.dmtf.org/ovf/envelope/1";
    private static readonly XNamespace Rasd = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";

    [ToolFact("tar", "sha256sum", "sha1sum", "qemu-img", "xmllint")]
    public void Tar_unpacks_what_the_manifest_and_the_description_say()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            using var directory = new TempDirectory();
            var random = new Random(seed);
            Blob disk = SampleDisks.Sparse(random, SampleDisks.Size(random), 8);
            var options = new OvaOptions
            {
                Name = "pic-du-midi",
                Version = seed % 2 == 0 ? OvfVersion.V1 : OvfVersion.V2,
                Digest = seed % 4 == 0 ? OvaDigest.Sha1 : OvaDigest.Sha256,
                Controller = (OvaController)(seed % 5),
                NetworkCard = (OvaNetworkCard)(seed % 4),
                Firmware = seed % 3 == 0 ? OvaFirmware.Efi : OvaFirmware.Bios,
                Product = seed > 4 ? "A < B & \"C\"" : null,
                ModifiedTime = 1_700_000_000,
            };
            SampleDisks.Write(disk, directory["a.ova"], output => Ova.OpenWriter(disk.Length, output, options));
            Assert.Equal(
                ["pic-du-midi.ovf", "pic-du-midi.mf", "pic-du-midi-disk1.vmdk"],
                Tool.Check("tar", "-tf", directory["a.ova"]).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains("-rw-r--r-- 0/0", Tool.Check("tar", "--numeric-owner", "-tvf", directory["a.ova"]));
            Assert.Contains("2023-11-14 22:13", Tool.Check("tar", "-tvf", directory["a.ova"]));
            Tool.Check("tar", "-xf", directory["a.ova"], "-C", directory.Path);
            Assert.Equal(0, new FileInfo(directory["a.ova"]).Length % 512);

            string sum = options.Digest == OvaDigest.Sha1 ? "sha1" : "sha256";
            string[] manifest = File.ReadAllLines(directory["pic-du-midi.mf"]);
            Assert.Equal(2, manifest.Length);
            foreach ((string line, string name) in manifest.Zip(["pic-du-midi.ovf", "pic-du-midi-disk1.vmdk"]))
                Assert.Equal($"{sum.ToUpperInvariant()}({name})= {Tool.Check(sum + "sum", directory[name]).Split(' ')[0]}", line);

            Tool.Check("xmllint", "--noout", directory["pic-du-midi.ovf"]);
            var envelope = XElement.Load(directory["pic-du-midi.ovf"]);
            XNamespace ovf = envelope.Name.Namespace;
            Assert.EndsWith(options.Version == OvfVersion.V2 ? "/2" : "/1", ovf.NamespaceName, StringComparison.Ordinal);
            XElement file = envelope.Descendants(ovf + "File").Single();
            Assert.Equal(new FileInfo(directory["pic-du-midi-disk1.vmdk"]).Length, (long)file.Attribute(ovf + "size")!);
            XElement described = envelope.Descendants(ovf + "Disk").Single();
            Assert.Equal((disk.Length + 511) / 512 * 512, (long)described.Attribute(ovf + "capacity")!);
            Assert.Contains("#streamOptimized", (string)described.Attribute(ovf + "format")!);

            SampleDisks.Write(SampleDisks.Padded(disk), directory["raw"]);
            Assert.Contains("identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "vmdk", directory["raw"], directory["pic-du-midi-disk1.vmdk"]));
            Blob archive = SampleDisks.Open(directory["a.ova"]);
            Ova.Verify(archive);
            OvaDisk read = Assert.Single(Ova.Read(archive));
            Assert.Equal("pic-du-midi-disk1.vmdk", read.Name);
            SampleDisks.AssertSame(SampleDisks.Padded(disk), read.Disk, random);
        }
    }

    [Fact]
    public void The_machine_is_as_asked_for()
    {
        using var directory = new TempDirectory();
        Blob disk = Blob.Zeros(1 << 20);
        var options = new OvaOptions
        {
            Processors = 6,
            MemoryMebibytes = 12_288,
            Controller = OvaController.LsiLogicSas,
            NetworkCard = OvaNetworkCard.E1000e,
            Network = "Réseau",
            OsType = 96,
            VmwareOsType = "debian12_64Guest",
            HardwareVersion = 9,
            Product = "P",
            Vendor = "V",
            ProductVersion = "1.2",
        };
        SampleDisks.Write(disk, directory["a.ova"], output => Ova.OpenWriter(disk.Length, output, options));
        byte[] archive = File.ReadAllBytes(directory["a.ova"]);
        int size = Convert.ToInt32(Encoding.ASCII.GetString(archive, 124, 11), 8);
        var envelope = XElement.Parse(Encoding.UTF8.GetString(archive, 512, size));
        Assert.Equal(
            ["References", "DiskSection", "NetworkSection", "VirtualSystem"], envelope.Elements().Select(e => e.Name.LocalName));
        XElement[] items = [.. envelope.Descendants(Ovf + "Item")];
        Assert.Equal(["3", "4", "6", "17", "10"], items.Select(i => i.Element(Rasd + "ResourceType")!.Value));
        Assert.Equal("6", items[0].Element(Rasd + "VirtualQuantity")!.Value);
        Assert.Equal("12288", items[1].Element(Rasd + "VirtualQuantity")!.Value);
        Assert.Equal("lsilogicsas", items[2].Element(Rasd + "ResourceSubType")!.Value);
        Assert.Equal(items[2].Element(Rasd + "InstanceID")!.Value, items[3].Element(Rasd + "Parent")!.Value);
        Assert.Equal("Réseau", items[4].Element(Rasd + "Connection")!.Value);
        foreach (XElement item in items)
            Assert.Equal(item.Elements().Select(e => e.Name.LocalName).Order(StringComparer.Ordinal), item.Elements().Select(e => e.Name.LocalName));
        string text = envelope.ToString();
        Assert.Contains("vmx-09", text);
        Assert.Contains("debian12_64Guest", text);
        Assert.DoesNotContain("firmware", text);
    }

    [Fact]
    public void Bytes_do_not_change_between_runs_and_workers()
    {
        using var directory = new TempDirectory();
        Blob disk = SampleDisks.Sparse(new Random(4), 20_000_000, 10);
        SampleDisks.Write(disk, directory["1"], output => Ova.OpenWriter(disk.Length, output, null, new DiskWriteOptions { Workers = 1 }));
        SampleDisks.Write(disk, directory["5"], output => Ova.OpenWriter(disk.Length, output, null, new DiskWriteOptions { Workers = 5 }));
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(directory["1"])), SHA256.HashData(File.ReadAllBytes(directory["5"])));
    }

    [Fact]
    public void A_digest_covers_what_was_written_last()
    {
        using var directory = new TempDirectory();
        Blob disk = SampleDisks.Sparse(new Random(4), 2_000_000, 10);
        using var file = File.OpenHandle(directory["a"], FileMode.Create, FileAccess.ReadWrite);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (DiskOutput output = DiskOutput.ToFile(file, "a", digest))
        using (DiskWriter writer = Ova.OpenWriter(disk.Length, output))
        {
            disk.Emit(writer);
            writer.Complete();
        }

        Assert.Equal(SHA256.HashData(File.ReadAllBytes(directory["a"])), digest.GetHashAndReset());
    }

    [Fact]
    public void What_no_importer_takes_is_refused()
    {
        using var directory = new TempDirectory();
        using var file = File.OpenHandle(directory["a"], FileMode.Create, FileAccess.ReadWrite);
        using DiskOutput output = DiskOutput.ToFile(file, "a");
        OvaOptions[] wrong =
        [
            new() { Name = "" }, new() { Name = "a b" }, new() { Name = "-a" }, new() { Name = new string('a', 81) }, new() { Processors = 0 },
            new() { MemoryMebibytes = 1025 }, new() { HardwareVersion = 6 }, new() { OsType = -1 }, new() { ModifiedTime = -1 },
            new() { Controller = (OvaController)9 }, new() { Version = OvfVersion.V2, Digest = OvaDigest.Sha1 }, new() { Vendor = "x" },
            new() { Network = "" }, new() { Product = "\u0001" }, new() { Product = "\ud800" }, new() { Level = 0 }, new() { ContentId = uint.MaxValue },
        ];
        foreach (OvaOptions options in wrong)
            Assert.Throws<UnrepresentableException>(() => Ova.OpenWriter(512, output, options));
        Assert.Throws<UnrepresentableException>(() => Ova.OpenWriter(0, output));
        using DiskOutput pipe = DiskOutput.ToStream(Stream.Null, "pipe");
        Assert.Throws<NotSupportedException>(() => Ova.OpenWriter(512, pipe));
    }

    [Fact]
    public void Mutated_archives_end_in_disks_or_a_typed_error()
    {
        using var directory = new TempDirectory();
        Blob disk = SampleDisks.Sparse(new Random(3), 60_000, 3);
        SampleDisks.Write(disk, directory["a"], output => Ova.OpenWriter(disk.Length, output));
        byte[] archive = File.ReadAllBytes(directory["a"]);
        int refused = SampleDisks.Mutate(archive, 20_000, [0..512, 512..4096, 512..6000, ^1024..], file =>
        {
            foreach (OvaDisk read in Ova.Read(file))
                SampleDisks.Sample(read.Disk);
        });
        Assert.InRange(refused, 1000, 19_999);
        archive[^2000] ^= 1;
        Assert.Contains("sum", Assert.Throws<InvalidImageException>(() => Ova.Verify(Blob.FromMemory(archive))).Message);
    }
}
