using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class PlannedFormatTests
{
    [Fact]
    public void Writers_of_one_reading_give_the_bytes_of_the_encoders()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 24; number++)
        {
            var random = new Random(number);
            Blob disk = BlockDisks.Case(random, number, 5_000_000);
            var allocation = (DiskAllocation)(number % 2);
            var vdi = new VdiOptions { Allocation = allocation, BlockSize = 65536 };
            var vhd = new VhdOptions { Allocation = allocation, BlockSize = 512 * 1024, SizeRule = (VhdSizeRule)(number % 3) };
            var vhdx = new VhdxOptions { Allocation = allocation, BlockSize = 1024 * 1024 };
            (string Name, Func<DiskOutput, DiskWriter> Open, Blob Expected)[] formats =
            [
                ("vdi", output => Vdi.OpenWriter(disk, output, vdi), Vdi.Encode(disk, vdi)),
                ("vhd", output => Vhd.OpenWriter(disk, output, vhd), Vhd.Encode(disk, vhd)),
                ("vhdx", output => Vhdx.OpenWriter(disk, output, vhdx), Vhdx.Encode(disk, vhdx)),
            ];
            foreach (bool isStream in new[] { false, true })
            {
                FileStream[] files = [.. formats.Select(f => new FileStream(directory[f.Name], FileMode.Create, FileAccess.ReadWrite))];
                DiskOutput[] outputs = [.. files.Select(f => isStream ? DiskOutput.ToStream(f, f.Name) : DiskOutput.ToFile(f.SafeFileHandle, f.Name))];
                DiskWriter[] writers = [.. formats.Zip(outputs, (f, o) => f.Open(o))];
                DiskTee.Write(disk, writers);
                foreach (IDisposable disposable in writers.Concat<IDisposable>(outputs).Concat(files))
                    disposable.Dispose();
                foreach ((string name, _, Blob expected) in formats)
                    Assert.True(File.ReadAllBytes(directory[name]).AsSpan().SequenceEqual(expected.ToArray()), $"{name} of case {number}");
            }
        }
    }
}
