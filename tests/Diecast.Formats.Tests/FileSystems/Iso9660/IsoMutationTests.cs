using System.Diagnostics;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>Whatever the bytes are: a tree, or an InvalidImageException, soon and in little memory.</summary>
public class IsoMutationTests
{
    private const int Mutations = 4000;
    private const long MostMemory = 8 << 20;
    private const int MostMemoryEach = 60;
    private const int MostContent = 1 << 18;

    public static TheoryData<string> Bases => ["plain", "relocated", "joliet", "compressed", "bootable"];

    [Theory]
    [MemberData(nameof(Bases))]
    public void Spoilt_images_are_read_or_refused(string name)
    {
        byte[] image = Base(name);
        byte[] original = [.. image];
        int[] used = [.. Enumerable.Range(0, image.Length).Where(i => image[i] != 0)];
        Walk(image);
        var random = new Random(name.Length);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            var places = new List<int>();
            for (int left = random.Next(1, 6); left > 0; left--)
            {
                int place = Math.Min(image.Length - 8, random.Next(8) == 0 ? random.Next(image.Length) : used[random.Next(used.Length)]);
                Change(random, image, place);
                places.Add(place);
            }

            if (!IsRead(image, $"{name} {i}"))
                refused++;
            foreach (int place in places)
                original.AsSpan(place, 8).CopyTo(image.AsSpan(place));
        }

        Assert.InRange(refused, Mutations / 50, Mutations - 1);
    }

    [Fact]
    public void An_image_that_was_cut_off_is_refused()
    {
        byte[] image = Base("plain");
        foreach (int length in (int[])[0, 1, 32768, 32769, 34816, 36864, 38912, 40960, image.Length - 2049])
            Assert.Throws<InvalidImageException>(() => Walk(image.AsSpan(0, length).ToArray()));
    }

    [Fact]
    public void A_directory_in_itself_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/above/below/file", IsoImage.Text("x"));
        byte[] image = IsoFileSystem.Plan(tree, IsoImage.Options).ToBlob().ToArray();
        int below = RecordOf(image, "BELOW");
        int above = RecordOf(image, "ABOVE");
        image.AsSpan(above + 2, 8).CopyTo(image.AsSpan(below + 2));
        Assert.Contains("another name", Refused(image), StringComparison.Ordinal);
    }

    [Fact]
    public void System_use_that_goes_on_for_ever_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/" + new string('n', 200), IsoImage.Text("x"));
        byte[] image = IsoFileSystem.Plan(tree, IsoImage.Options).ToBlob().ToArray();
        int record = RecordOf(image, new string('N', 30));
        int entry = record + image.AsSpan(record).IndexOf("CE"u8);
        // The area that it goes on in begins with the same entry.
        long area = (BitConverter.ToUInt32(image, entry + 4) * 2048L) + BitConverter.ToUInt32(image, entry + 12);
        image.AsSpan(entry, 28).CopyTo(image.AsSpan((int)area));
        Assert.Contains("64 places", Refused(image), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("...")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        var tree = new FileTree();
        tree.Set("/abc", IsoImage.Text("x"));
        byte[] image = IsoFileSystem.Plan(tree, IsoImage.Options).ToBlob().ToArray();
        int entry = RecordOf(image, "ABC") + image.AsSpan(RecordOf(image, "ABC")).IndexOf("NM"u8);
        System.Text.Encoding.ASCII.GetBytes(name, image.AsSpan(entry + 5));
        if (name == "...")
        {
            // Cut to two dots.
            image[entry + 2]--;
            image[entry + 7] = 0;
        }

        Assert.Contains("cannot be a name", Refused(image), StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_of_a_million_times_the_size_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/file", IsoImage.Text("x"));
        byte[] image = IsoFileSystem.Plan(tree, IsoImage.Options).ToBlob().ToArray();
        int record = RecordOf(image, "FILE.");
        BitConverter.TryWriteBytes(image.AsSpan(record + 10), uint.MaxValue);
        Assert.Contains("4294967295 bytes", Refused(image), StringComparison.Ordinal);
        BitConverter.TryWriteBytes(image.AsSpan(16 * 2048 + 156 + 10), 0x7ffff800);
        Assert.Contains("2147481600 bytes", Refused(image), StringComparison.Ordinal);
    }

    private static int RecordOf(byte[] image, string name) => image.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(name)) - 33;

    private static string Refused(byte[] image) => Assert.Throws<InvalidImageException>(() => Walk(image)).Message;

    private static byte[] Base(string name)
    {
        FileTree tree = IsoImage.AllTypes();
        tree.Remove("/large.bin");
        IsoOptions options = IsoImage.Options with { TailPadding = 0 };
        if (name == "compressed")
            tree.Set("/compressed", new FileInode(Blob.FromMemory(Enumerable.Range(0, 200_000).Select(i => (byte)(i / 1000)).ToArray())));
        return name switch
        {
            "relocated" => IsoFileSystem.Plan(tree, options with { DeepDirectories = IsoDeepDirectories.Relocate }).ToBlob().ToArray(),
            "joliet" => IsoFileSystem.Plan(tree, options with { RockRidge = false, Joliet = IsoJoliet.Long, Unsupported = IsoUnsupported.Adapt }).ToBlob().ToArray(),
            "compressed" => IsoImage.PackToArray(tree, options with { Zisofs = new IsoZisofs { BlockSize = 0x8000 } }),
            "bootable" => IsoFileSystem.Plan(IsoBootTests.BootTree(), IsoBootTests.Hybrid(IsoTable.Gpt) with { Partitions = [], Boot = [new IsoBootEntry { Path = "/boot/eltorito.img" }] }).ToBlob().ToArray(),
            _ => IsoFileSystem.Plan(tree, options).ToBlob().ToArray(),
        };
    }

    private static bool IsRead(byte[] image, string what)
    {
        try
        {
            Walk(image);
            return true;
        }
        catch (InvalidImageException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{what}\n{e}");
        }
    }

    private static void Walk(byte[] image)
    {
        Blob blob = Blob.FromMemory(image);
        byte[] buffer = new byte[MostContent];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var time = Stopwatch.StartNew();
        try
        {
            _ = IsoFileSystem.ReadInfo(blob);
            foreach (TreeEntry entry in IsoFileSystem.Read(blob).Walk())
            {
                if (entry.Inode is FileInode file)
                    file.Content.Read(0, buffer.AsSpan(0, (int)Math.Min(file.Content.Length, buffer.Length)));
            }
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= MostMemory + (MostMemoryEach * (long)image.Length), $"{allocated} bytes were allocated for an image of {image.Length}");
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"it took {time.Elapsed}");
        }
    }

    private static void Change(Random random, byte[] image, int place)
    {
        Span<byte> there = image.AsSpan(place, 8);
        switch (random.Next(5))
        {
            case 0:
                there[0] = (byte)random.Next(256);
                break;
            case 1:
                there[0] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                BitConverter.TryWriteBytes(there, random.Next(600));
                break;
            case 3:
                there[..random.Next(1, 9)].Fill((byte)(random.Next(2) * 255));
                break;
            default:
                image.AsSpan(random.Next(image.Length - 8), 8).ToArray().CopyTo(there);
                break;
        }
    }
}
