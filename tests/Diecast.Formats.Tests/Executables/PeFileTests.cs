using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Tests.Executables;

public sealed class PeFileTests
{
    [Fact]
    public void Headers_are_read()
    {
        PeFile file = PeFile.Read(new SamplePe().ToBlob());
        Assert.Equal(PeMachine.Amd64, file.Machine);
        Assert.Equal(10, file.Subsystem);
        Assert.Equal(0x1000, file.SectionAlignment);
        Assert.Equal(0x200, file.FileAlignment);
        Assert.Equal(0x600, file.HeadersLength);
        Assert.True(file.IsNxCompatible);
        Assert.Empty(file.Certificates);
        Assert.Equal(SamplePe.StubSbat, SamplePe.Text(file, ".sbat"));
        Assert.Null(file.Find(".linux"));
    }

    [Fact]
    public void What_is_no_PE_file_is_refused()
    {
        foreach (byte[] bytes in new[] { [], "MZ"u8.ToArray(), new byte[5000], new SamplePe().ToArray()[..100] })
        {
            Assert.False(PeFile.IsPe(Blob.FromMemory(bytes)) && bytes.Length < 64);
            Assert.Throws<InvalidImageException>(() => PeFile.Read(Blob.FromMemory(bytes)));
        }
    }

    /// <summary>What is read of a changed file stays inside it, or the file is refused; so is what is made of it.</summary>
    [Fact]
    public void Hostile_files_are_read_or_refused()
    {
        byte[] original = Signed();
        int headers = 0x40 + 24 + 240 + (3 * 40);
        byte[] kernel = SamplePe.Kernel.ToArray();
        byte[] file = [.. original];
        var random = new Random(20);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int changes = random.Next(1, 4);
            for (int c = 0; c < changes; c++)
            {
                int at = random.Next(8) == 0 ? random.Next(original.Length - 8) : random.Next(headers);
                byte[] value = random.Next(4) switch
                {
                    0 => [(byte)random.Next(256)],
                    1 => [0xff, 0xff, 0xff, 0xff],
                    2 => BitConverter.GetBytes(random.Next(original.Length * 2)),
                    _ => BitConverter.GetBytes((short)random.Next(1 << random.Next(16))),
                };
                value.CopyTo(file, at);
            }

            if (Reads(file, kernel))
                read++;
            original.CopyTo(file, 0);
        }

        Assert.InRange(read, 2000, 19_000);
    }

    private static bool Reads(byte[] bytes, byte[] kernel)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Blob blob = Blob.FromMemory(bytes);
            PeFile file = PeFile.Read(blob);
            foreach (PeSection section in file.Sections)
            {
                if (section.Content.Length > 0)
                    section.Content.Slice(section.Content.Length - 1).ToArray();
            }

            _ = UnifiedKernelImage.Length(new UkiParts { Stub = blob, Kernel = Blob.FromMemory(kernel), KernelRelease = "1", CommandLine = "x" });
            return true;
        }
        catch (Exception e) when (e is InvalidImageException or UnrepresentableException or DoesNotFitException)
        {
            return e is not InvalidImageException;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }
    }

    /// <summary>A file with a certificate table of one entry, so that it is read as well.</summary>
    private static byte[] Signed()
    {
        byte[] file = new SamplePe { Tail = [20, 0, 0, 0, 0, 2, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0] }.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x40 + 24 + 112 + 32), file.Length - 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x40 + 24 + 112 + 36), 24);
        PeCertificate certificate = Assert.Single(PeFile.Read(Blob.FromMemory(file)).Certificates);
        Assert.Equal((0x200, 2, 12), (certificate.Revision, certificate.Type, certificate.Content.Length));
        return file;
    }
}
