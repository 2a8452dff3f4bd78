using System.Collections.Concurrent;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Disks;

/// <summary>Reads compressed clusters. Those of which only a part was asked for are kept, 4 MiB of them at most.</summary>
internal sealed class Qcow2Inflater
{
    private const int KeptBytes = 4 * 1024 * 1024;
    private const int MaximumKept = 16;

    private readonly Qcow2Header _header;
    private readonly Blob _file;
    private readonly Qcow2Map _map;
    private readonly Cluster?[] _kept;
    private readonly ConcurrentBag<SafeInflateHandle> _zlib = [];
    private readonly ConcurrentBag<SafeZstdDecoder> _zstd = [];

    internal Qcow2Inflater(Qcow2Header header, Blob file, Qcow2Map map)
    {
        _header = header;
        _file = file;
        _map = map;
        _kept = new Cluster?[Math.Clamp(KeptBytes / header.ClusterSize, 1, MaximumKept)];
    }

    /// <summary>Reads a range of the disk that is in compressed clusters.</summary>
    internal void Read(long offset, Span<byte> destination)
    {
        int size = _header.ClusterSize;
        while (destination.Length > 0)
        {
            long number = offset / size;
            int skip = (int)(offset % size);
            int count = Math.Min(size - skip, destination.Length);
            ref Cluster? slot = ref _kept[(int)(number % _kept.Length)];
            Cluster? kept = Volatile.Read(ref slot);
            if (kept?.Number == number)
            {
                kept.Bytes.AsSpan(skip, count).CopyTo(destination);
            }
            else if (count == size)
            {
                Inflate(number, destination[..size]);
            }
            else
            {
                kept = new Cluster(number, new byte[size]);
                Inflate(number, kept.Bytes);
                Volatile.Write(ref slot, kept);
                kept.Bytes.AsSpan(skip, count).CopyTo(destination);
            }

            offset += count;
            destination = destination[count..];
        }
    }

    private void Inflate(long number, Span<byte> destination)
    {
        ulong entry = _map.CompressedEntry(number);
        int bits = Qcow2Layout.CompressedOffsetBits(_header.ClusterBits);
        long place = (long)(entry & ((1UL << bits) - 1));
        long sectors = (long)((entry & (Qcow2Layout.Compressed - 1)) >> bits) + 1;
        long length = (sectors * Qcow2Layout.CompressedSector) - (place % Qcow2Layout.CompressedSector);
        if (place >= _file.Length)
            throw Qcow2Faults.Invalid($"the compressed cluster at {place}, for byte {number * _header.ClusterSize} of the disk, is past the file's end, {_file.Length}");
        // The length counts whole sectors, of which the file may lack the last one's end.
        byte[] input = System.Buffers.ArrayPool<byte>.Shared.Rent((int)Math.Min(length, _file.Length - place));
        try
        {
            Span<byte> source = input.AsSpan(0, (int)Math.Min(length, _file.Length - place));
            _file.Read(place, source);
            bool whole = _header.Compression == Qcow2Compression.Zstd ? Zstandard(source, destination) : Deflate(source, destination);
            if (!whole)
                throw Qcow2Faults.Invalid($"the compressed cluster at {place}, for byte {number * _header.ClusterSize} of the disk, is damaged");
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(input);
        }
    }

    private bool Deflate(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (!_zlib.TryTake(out SafeInflateHandle? stream))
            stream = Zlib.OpenRawDecoder();
        _ = Zlib.Reset(stream);
        int result = Zlib.Inflate(stream, ref source, ref destination);
        _zlib.Add(stream);
        return destination.IsEmpty && result is Zlib.Ok or Zlib.StreamEnd or Zlib.BufferError;
    }

    private bool Zstandard(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (!_zstd.TryTake(out SafeZstdDecoder? decoder))
            decoder = Zstd.OpenDecoder();
        bool whole = true;
        while (whole && destination.Length > 0)
            whole = Zstd.TryDecompressFrame(decoder, ref source, ref destination);
        _zstd.Add(decoder);
        return whole;
    }

    private sealed record Cluster(long Number, byte[] Bytes);
}
