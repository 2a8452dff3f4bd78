using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Tests.Compression;

public sealed class ParallelBlocksTests
{
    public static TheoryData<string> Codecs => ["deflate", "zlib", "gzip", "zstd", "xz", "deflate by zlib", "gzip by zlib"];

    private static BlockCodec Codec(string name) => name switch
    {
        "deflate" => BlockCodecs.Deflate(),
        "zlib" => BlockCodecs.Zlib(),
        "gzip" => BlockCodecs.Gzip(),
        "zstd" => BlockCodecs.Zstd(),
        "xz" => BlockCodecs.Xz(1),
        "deflate by zlib" => BlockCodecs.OfZlib(DeflateWrapper.Raw, 6),
        _ => BlockCodecs.OfZlib(DeflateWrapper.Gzip, 12),
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void One_worker_and_many_give_the_same_bytes_in_the_same_order(string name)
    {
        byte[] one = Run(Codec(name), 1);
        Assert.Equal(one, Run(Codec(name), 3));
        Assert.Equal(one, Run(Codec(name), 7));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip by zlib")]
    [InlineData("zstd")]
    [InlineData("xz")]
    public void Units_one_after_the_other_are_read_as_one(string name)
    {
        var collected = new Collector();
        byte[] content = Content(300_000);
        using (var blocks = new ParallelBlocks(Codec(name), 64 * 1024, null, collected, 2))
            Feed(blocks, content, 64 * 1024);
        using Stream read = Decompression.Open(new MemoryStream(collected.Output.ToArray()));
        using var back = new MemoryStream();
        read.CopyTo(back);
        Assert.Equal(content, back.ToArray());
    }

    [Fact]
    public void Zero_blocks_are_named_as_such_and_holes_come_in_their_turn()
    {
        var collected = new Collector();
        using (var blocks = new ParallelBlocks(BlockCodecs.Deflate(), 4096, null, collected, 3))
        {
            for (int i = 0; i < 200; i++)
            {
                if (i % 5 == 0)
                    blocks.Skip(i);
                Span<byte> block = blocks.Fill();
                block.Clear();
                if (i % 3 != 0)
                    block[i] = 1;
                blocks.Submit(4096);
            }

            blocks.Complete();
        }

        long number = 0;
        var expected = new List<string>();
        for (int i = 0; i < 200; i++)
        {
            if (i % 5 == 0 && i > 0)
            {
                expected.Add($"{number} holes {i}");
                number += i;
            }

            expected.Add($"{number++} {(i % 3 == 0 ? "zero" : "data")}");
        }

        Assert.Equal(expected, collected.Seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Blocks_of_mixed_lengths_come_in_their_order(int workers)
    {
        var random = new Random(11);
        byte[] content = Content(40_000_000);
        var expected = new List<(int Offset, int Length)>();
        var collected = new Lengths();
        using var blocks = new ParallelBlocks(BlockCodecs.Lz4(), 4 << 20, null, collected, workers);
        for (int at = 0; at < content.Length;)
        {
            int length = random.Next(8) switch { 0 => random.Next(1, 4 << 20), < 4 => random.Next(1, 200_000), _ => random.Next(1, 20_000) };
            length = Math.Min(length, content.Length - at);
            // A buffer that was asked for and not submitted is forgotten, or serves the next.
            if (random.Next(10) == 0)
                blocks.Fill(random.Next(1, 4 << 20))[..1].Fill(99);
            content.AsSpan(at, length).CopyTo(blocks.Fill(length));
            blocks.Submit(length);
            expected.Add((at, length));
            at += length;
        }

        blocks.Complete();
        Assert.Equal(expected.Select(e => e.Length), collected.Inputs.Select(i => i.Length));
        Assert.True(expected.Zip(collected.Inputs).All(pair => content.AsSpan(pair.First.Offset, pair.First.Length).SequenceEqual(pair.Second)));
    }

    [Fact]
    public void A_result_that_does_not_fit_is_empty()
    {
        byte[] noise = new byte[4096];
        new Random(3).NextBytes(noise);
        foreach (string name in (string[])["deflate", "zlib", "gzip", "zstd", "xz", "deflate by zlib"])
        {
            var collected = new Collector();
            using var blocks = new ParallelBlocks(Codec(name), 4096, 4095, collected, 1);
            Feed(blocks, noise, 4096);
            Assert.Equal(["0 raw"], collected.Seen);
        }
    }

    [Fact]
    public void Noise_fits_the_bound_of_every_codec()
    {
        foreach (int length in (int[])[1, 100, 65536, 1 << 20])
        {
            byte[] noise = new byte[length];
            new Random(4).NextBytes(noise);
            foreach (BlockCodec codec in (BlockCodec[])[BlockCodecs.Gzip(1), BlockCodecs.Gzip(12), BlockCodecs.OfZlib(DeflateWrapper.Gzip, 1), BlockCodecs.Zstd(1), BlockCodecs.Xz(1)])
            {
                using IBlockCompressor compressor = codec.Open();
                Assert.NotEqual(0, compressor.Compress(noise, new byte[codec.Bound(length)]));
            }
        }
    }

    [Fact]
    public void What_a_compressor_or_the_consumer_throws_reaches_the_caller_and_the_threads_end()
    {
        var broken = new BlockCodec("broken", length => length, () => new Broken());
        Assert.Throws<IOException>(() => Run(broken, 2));
        Assert.Throws<InvalidDataException>(() =>
        {
            using var blocks = new ParallelBlocks(BlockCodecs.Deflate(), 4096, null, new Refusing(), 2);
            Feed(blocks, Content(100_000), 4096);
        });
    }

    [Fact]
    public void A_cancelled_run_ends_with_that()
    {
        using var source = new CancellationTokenSource();
        using var blocks = new ParallelBlocks(BlockCodecs.Deflate(), 4096, null, new Collector(), 2, source.Token);
        blocks.Fill().Clear();
        blocks.Submit(4096);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Feed(blocks, Content(100_000), 4096));
    }

    [Fact]
    public void The_identity_tells_library_and_level()
    {
        Assert.Matches("^libdeflate [0-9a-f]{8} level 9$", BlockCodecs.Gzip(9).Identity);
        Assert.NotEqual(BlockCodecs.Gzip(9).Identity, BlockCodecs.Gzip(12).Identity);
        Assert.Matches(@"^zlib \d+\.\d+.* level 9$", BlockCodecs.OfZlib(DeflateWrapper.Gzip, 12).Identity);
        Assert.Matches(@"^zstd \d+\.\d+.* level 3$", BlockCodecs.Zstd().Identity);
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockCodecs.Gzip(13));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockCodecs.Zstd(0));
    }

    [Fact]
    public void A_compressor_that_takes_much_memory_gets_few_workers_unless_more_are_asked_for()
    {
        BlockCodec light = BlockCodecs.OfZlib(DeflateWrapper.Raw, 6);
        BlockCodec heavy = light with { Memory = _ => 1L << 30 };
        using var few = new ParallelBlocks(heavy, 4096, null, new Collector());
        using var many = new ParallelBlocks(light, 4096, null, new Collector());
        using var asked = new ParallelBlocks(heavy, 4096, null, new Collector(), 5);
        Assert.Equal(Math.Min(2, Environment.ProcessorCount), few.Workers);
        Assert.Equal(Math.Min(20, Environment.ProcessorCount), Math.Min(20, many.Workers));
        Assert.Equal(5, asked.Workers);
    }

    [Fact]
    public void An_xz_encoder_gives_the_same_bytes_again_from_memory_that_it_has_used()
    {
        byte[] content = Content(150_000);
        using IBlockCompressor compressor = BlockCodecs.Xz(6, 1 << 16).Open();
        byte[] first = new byte[200_000];
        byte[] again = new byte[200_000];
        int count = compressor.Compress(content, first);
        _ = compressor.Compress(content.AsSpan(0, 1000), again);
        Assert.Equal(count, compressor.Compress(content, again));
        Assert.Equal(first.AsSpan(0, count), again.AsSpan(0, count));
    }

    private static byte[] Run(BlockCodec codec, int workers)
    {
        var collected = new Collector();
        using var blocks = new ParallelBlocks(codec, 16 * 1024, null, collected, workers);
        Feed(blocks, Content(500_000), 16 * 1024);
        return collected.Output.ToArray();
    }

    private static void Feed(ParallelBlocks blocks, byte[] content, int size)
    {
        for (int at = 0; at < content.Length; at += size)
        {
            int count = Math.Min(size, content.Length - at);
            content.AsSpan(at, count).CopyTo(blocks.Fill());
            blocks.Submit(count);
        }

        blocks.Complete();
    }

    private static byte[] Content(int length)
    {
        var random = new Random(length);
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++)
            content[i] = i > 500 && random.Next(4) > 0 ? content[i - 500] : (byte)random.Next(64);
        return content;
    }

    private sealed class Collector : IBlockConsumer
    {
        public MemoryStream Output { get; } = new();

        public List<string> Seen { get; } = [];

        public void Block(FinishedBlock block)
        {
            Output.Write(block.Output);
            Seen.Add($"{block.Number} {(block.IsZero ? "zero" : block.Output.IsEmpty ? "raw" : "data")}");
        }

        public void Holes(long first, long count) => Seen.Add($"{first} holes {count}");
    }

    private sealed class Refusing : IBlockConsumer
    {
        public void Block(FinishedBlock block) => throw new InvalidDataException();

        public void Holes(long first, long count) => throw new InvalidDataException();
    }

    private sealed class Broken : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => throw new IOException("broken");

        public void Dispose()
        {
        }
    }

    private sealed class Lengths : IBlockConsumer
    {
        internal List<byte[]> Inputs { get; } = [];

        public void Block(FinishedBlock block) => Inputs.Add(block.Input.ToArray());

        public void Holes(long first, long count) => throw new InvalidOperationException("there are none");
    }
}
