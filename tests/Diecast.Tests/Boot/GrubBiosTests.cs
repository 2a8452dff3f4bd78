using System.Buffers.Binary;
using Diecast.Boot;
using Diecast.Formats;

namespace Diecast.Tests.Boot;

public sealed class GrubBiosTests
{
    private static byte[] BootImage()
    {
        byte[] image = new byte[512];
        image.AsSpan().Fill(0x11);
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(0x5c), 1);
        image[0x66] = 0xeb;
        image[0x67] = 0x05;
        image[510] = 0x55;
        image[511] = 0xaa;
        return image;
    }

    private static byte[] CoreImage(int length)
    {
        byte[] image = new byte[length];
        image.AsSpan().Fill(0x22);
        image.AsSpan(0x1e8, 24).Clear();
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(0x1f4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1fc), (ushort)((length - 1) / 512));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1fe), 0x820);
        return image;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(0x1_2345_6789)]
    public void Exactly_the_block_lists_and_the_drive_check_change(long sector)
    {
        byte[] boot = BootImage();
        byte[] core = CoreImage(4096);
        GrubBios made = GrubBios.Embed(boot, core, sector);

        byte[] expectedBoot = boot[..440];
        BinaryPrimitives.WriteInt64LittleEndian(expectedBoot.AsSpan(0x5c), sector);
        expectedBoot[0x66] = expectedBoot[0x67] = 0x90;
        Assert.Equal(expectedBoot, made.BootCode.ToArray());

        byte[] expectedCore = [.. core];
        BinaryPrimitives.WriteInt64LittleEndian(expectedCore.AsSpan(0x1f4), sector + 1);
        Assert.Equal(expectedCore, made.Core.ToArray());
    }

    [Theory]
    [InlineData(513, 1024)]
    [InlineData(1023, 1024)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 1536)]
    public void The_core_image_fills_whole_sectors_with_zeros(int length, int padded)
    {
        byte[] made = GrubBios.Embed(BootImage(), CoreImage(length), 1).Core.ToArray();
        Assert.Equal(padded, made.Length);
        Assert.Equal(-1, made.AsSpan(length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Images_that_are_not_grubs_are_refused()
    {
        byte[] core = CoreImage(4096);
        Assert.Throws<InvalidImageException>(() => GrubBios.Embed(BootImage().AsSpan(1), core, 1));
        Refused(0x1ff, 0, core);
        Refused(0x5c, 2, core);
        Refused(0x66, 0x90, core);
        Assert.Throws<InvalidImageException>(() => GrubBios.Embed(BootImage(), new byte[512], 1));
        byte[] shorter = CoreImage(4096);
        shorter[0x1fc]--;
        Assert.Throws<InvalidImageException>(() => GrubBios.Embed(BootImage(), shorter, 1));
        byte[] second = CoreImage(4096);
        second[0x1f0] = 1;
        Assert.Throws<InvalidImageException>(() => GrubBios.Embed(BootImage(), second, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GrubBios.Embed(BootImage(), core, 0));
    }

    private static void Refused(int at, byte value, byte[] core)
    {
        byte[] boot = BootImage();
        boot[at] = value;
        Assert.Throws<InvalidImageException>(() => GrubBios.Embed(boot, core, 1));
    }
}
