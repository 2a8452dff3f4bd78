using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Firmware;
using Diecast.Formats.Tests.Executables;

namespace Diecast.Formats.Tests.Firmware;

public sealed class EfiVariableStoreTests
{
    private const string Template4M = "/usr/share/OVMF/OVMF_VARS_4M.fd";
    private const string Template2M = "/usr/share/OVMF/OVMF_VARS.fd";
    private const string Enrolled = "/usr/share/OVMF/OVMF_VARS_4M.ms.fd";
    private const string Blank = "/usr/share/AAVMF/AAVMF_VARS.fd";
    private const string Arm64Enrolled = "/usr/share/AAVMF/AAVMF_VARS.ms.fd";

    private static readonly EfiVariable Sample = new() { Name = "Sample", Data = (byte[])[1, 2, 3] };

    private static readonly SecureBootKeys Keys = new()
    {
        PlatformKey = SampleKeys.Root,
        KeyExchangeKeys = [SampleKeys.Root],
        Allowed = [SampleKeys.Root, SampleKeys.Other],
        RevokedDigests = [SHA256.HashData("one"u8), SHA256.HashData("two"u8)],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_back(bool authenticated)
    {
        EfiVariableStore empty = EfiVariableStore.Read(SampleStore.Make(authenticated));
        Assert.Empty(empty.Variables);
        Assert.Equal(authenticated, empty.IsAuthenticated);
        EfiVariable[] variables =
        [
            Sample,
            Sample with { Name = "S\u00e9condé", Data = new byte[777], Attributes = EfiVariableAttributes.NonVolatile | EfiVariableAttributes.BootServices },
            Sample with { Vendor = EfiVendors.SecurityDatabase, Data = new byte[] { 9 } },
        ];
        EfiVariableStore store = variables.Aggregate(empty, (to, variable) => to.With(variable));
        EfiVariableStore read = EfiVariableStore.Read(store.ToBlob());

        Assert.Equal(variables.Select(Text), read.Variables.Select(Text));
        Assert.Equal(store.FreeBytes, read.FreeBytes);
        Assert.Equal(store.ToBlob().ToArray(), read.ToBlob().ToArray());
        Assert.Equal(empty.ToBlob().ToArray(), variables.Aggregate(read, (from, variable) => from.Without(variable.Name, variable.Vendor)).ToBlob().ToArray());
        Assert.Equal(
            [Text(variables[0] with { Data = new byte[] { 4 } }), .. variables.Skip(1).Select(Text)],
            read.With(variables[0] with { Data = new byte[] { 4 } }).Variables.Select(Text));
        Assert.Same(read, read.Without("None", EfiVendors.Global));
    }

    [Fact]
    public void Times_are_kept_to_the_second()
    {
        var time = new DateTimeOffset(2026, 2, 28, 23, 59, 58, TimeSpan.Zero);
        EfiVariable signed = Sample with { Attributes = EfiVariableAttributes.Global | EfiVariableAttributes.TimeAuthenticated, Time = time };
        EfiVariableStore store = EfiVariableStore.Read(EfiVariableStore.Read(SampleStore.Make(true)).With(signed).ToBlob());
        Assert.Equal(time, store.Find("Sample", EfiVendors.Global)!.Time);
        Assert.Throws<UnrepresentableException>(() => EfiVariableStore.Read(SampleStore.Make(false)).With(signed));
    }

    /// <summary>The last variable ends where the store does: each takes a header of 60 bytes and a name of 14.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_store_is_filled_to_its_end(int more, bool fits)
    {
        EfiVariableStore store = EfiVariableStore.Read(SampleStore.Make(true));
        int room = (int)store.FreeBytes - 60 - 14;
        EfiVariable large = Sample with { Data = new byte[room + more] };
        if (fits)
            Assert.InRange(EfiVariableStore.Read(store.With(large).ToBlob()).FreeBytes, 0, 3);
        else
            Assert.Throws<DoesNotFitException>(() => store.With(large));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        EfiVariableStore store = EfiVariableStore.Read(SampleStore.Make(true));
        Assert.Throws<UnrepresentableException>(() => store.With(Sample with { Name = "" }));
        Assert.Throws<UnrepresentableException>(() => store.With(Sample with { Name = "a\0" }));
        Assert.Throws<UnrepresentableException>(() => store.With(Sample with { Data = default }));
        Assert.Throws<UnrepresentableException>(() => store.With(Sample with { Attributes = EfiVariableAttributes.Runtime }));
        Assert.Throws<UnrepresentableException>(() => store.WithBootEntry(0, new EfiBootEntry { Description = "x" }));
        Assert.Throws<UnrepresentableException>(() => store.WithBootOrder(1, 1));
        Assert.Throws<UnrepresentableException>(() => store.WithSecureBoot(Keys with { RevokedDigests = [new byte[20]] }));
        Assert.Throws<InvalidImageException>(() => EfiVariableStore.Read(Blob.FromText("no store")));
        Assert.Throws<InvalidImageException>(() => EfiVariableStore.Read(Blob.FromMemory(Enumerable.Repeat((byte)1, 1 << 20).ToArray())));
    }

    /// <summary>EFI_LOAD_OPTION with HD(1,GPT,…)/\EFI\Linux\a.efi; the bytes are the specification's.</summary>
    [Fact]
    public void Boot_entries_have_the_bytes_of_the_specification()
    {
        EfiVariableStore store = EfiVariableStore.Read(SampleStore.Make(true))
            .WithBootEntry(0x1a, new EfiBootEntry
            {
                Description = "A",
                Partition = new EfiPartition(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 1, 2048, 4096),
                Path = "/EFI/a",
                Arguments = "x",
            })
            .WithBootOrder(0x1a, 2).WithTimeout(3);

        Assert.Equal(
            "01000000" + "4000" + "41000000"
            + "04012a00" + "01000000" + "0008000000000000" + "0010000000000000" + "33221100554477668899aabbccddeeff" + "0202"
            + "04041200" + "5c004500460049005c0061000000" + "7fff0400" + "78000000",
            Convert.ToHexStringLower(store.Find("Boot001A", EfiVendors.Global)!.Data.Span));
        Assert.Equal("1a000200", Convert.ToHexStringLower(store.Find("BootOrder", EfiVendors.Global)!.Data.Span));
        Assert.Equal("0300", Convert.ToHexStringLower(store.Find("Timeout", EfiVendors.Global)!.Data.Span));
    }

    [Fact]
    public void Hostile_stores_are_read_or_refused()
    {
        byte[] original = EfiVariableStore.Read(SampleStore.Make(true)).WithSecureBoot(Keys).With(Sample).ToBlob().ToArray();
        int used = original.Length - (int)EfiVariableStore.Read(Blob.FromMemory(original)).FreeBytes;
        byte[] file = [.. original];
        var random = new Random(40);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int at = random.Next(4) == 0 ? random.Next(0x64) : random.Next(used);
            byte[] value = random.Next(3) == 0 ? [0xff, 0xff, 0xff, 0xff] : random.Next(2) == 0 ? [(byte)random.Next(256)] : BitConverter.GetBytes(random.Next(original.Length));
            value.CopyTo(file, at);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                EfiVariableStore store = EfiVariableStore.Read(Blob.FromMemory(file));
                Assert.Equal(store.Variables.Select(Text), EfiVariableStore.Read(store.ToBlob()).Variables.Select(Text));
                read++;
            }
            catch (InvalidImageException)
            {
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
            original.AsSpan(at, value.Length).CopyTo(file.AsSpan(at));
        }

        Assert.InRange(read, 2000, 19_500);
    }

    [ToolTheory(Template4M, Template2M, Enrolled, Blank, Arm64Enrolled)]
    [InlineData(Template4M)]
    [InlineData(Template2M)]
    [InlineData(Enrolled)]
    [InlineData(Arm64Enrolled)]
    public void Real_files_keep_all_that_is_not_a_variable(string path)
    {
        byte[] template = File.ReadAllBytes(path);
        EfiVariableStore store = EfiVariableStore.Read(Blob.FromMemory(template));
        byte[] written = store.With(Sample).Without("Sample", EfiVendors.Global).ToBlob().ToArray();
        Assert.Equal(template.Length, written.Length);
        int end = 72 + BitConverter.ToInt32(template, 72 + 16);
        Assert.True(template.AsSpan(end).SequenceEqual(written.AsSpan(end)));
        Assert.True(template.AsSpan(0, 72 + 28).SequenceEqual(written.AsSpan(0, 72 + 28)));
        if (store.Variables.Count == 0)
            Assert.True(template.AsSpan().SequenceEqual(written));
        else
            Assert.NotNull(store.Find("PK", EfiVendors.Global)!.Time);
    }

    /// <summary>What the firmware makes of its empty template is in the file that the package enrolled keys in.</summary>
    [ToolFact(Blank, Arm64Enrolled)]
    public void An_empty_template_is_formatted_as_its_firmware_does()
    {
        byte[] written = EfiVariableStore.Read(Blob.FromMemory(File.ReadAllBytes(Blank))).ToBlob().ToArray();
        byte[] theirs = File.ReadAllBytes(Arm64Enrolled);
        Assert.Equal(theirs.Length, written.Length);
        Assert.Equal(Convert.ToHexStringLower(theirs.AsSpan(0, 100)), Convert.ToHexStringLower(written.AsSpan(0, 100)));
        Assert.True(EfiVariableStore.Read(Blob.FromMemory(written)).FreeBytes > 200_000);
    }

    private static string Text(EfiVariable variable) =>
        $"{variable.Name} {variable.Vendor} {variable.Attributes} {variable.Time:u} {variable.Count} {variable.KeyIndex} {Convert.ToHexString(variable.Data.Span)}";
}
