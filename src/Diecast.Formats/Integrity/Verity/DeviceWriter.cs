using System.Collections.Concurrent;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>
/// Writes a device into a file and hashes its blocks meanwhile: a thread reads as much as one call writes, writes it, and hashes
/// it while it is in the core's cache. Other threads do the same with what comes next.
/// </summary>
internal sealed class DeviceWriter : IDisposable
{
    /// <summary>Bytes that a thread takes at once: much more than what costs something at either end.</summary>
    internal const int JobSize = 4 << 20;

    /// <summary>Less than this a host file system cannot leave out, so it is written with its neighbours.</summary>
    private const long SmallestHole = 4096;

    /// <summary>Offsets and lengths of shared blocks.</summary>
    private const long CloneGrain = 4096;

    private readonly Blob _data;
    private readonly HostFile _file;
    private readonly HostFile.Lease _target;
    private readonly long _offset;
    private readonly BlockDigests _leaves;
    private readonly List<BlobRange> _ranges;
    private readonly BlobMap _map;
    private readonly int _bufferSize;
    private readonly ConcurrentBag<Worker> _workers = [];
    private volatile bool _clones = true;
    private volatile bool _reserves;

    /// <summary>Prepares for a device.</summary>
    /// <param name="data">The device.</param>
    /// <param name="target">The file, open for reading and writing.</param>
    /// <param name="offset">Where in it the device begins.</param>
    /// <param name="leaves">What hashes its blocks.</param>
    internal DeviceWriter(Blob data, HostFile target, long offset, BlockDigests leaves)
    {
        _data = data;
        _file = target;
        _offset = offset;
        _leaves = leaves;
        _ranges = Joined(data.DataRanges());
        _map = new BlobMap(_ranges);
        _bufferSize = Math.Max(SinkLine.CallSize, leaves.BlockSize);
        _target = target.Borrow();
        _reserves = FileDescriptor.GainsByReserving(_target.Descriptor);
    }

    /// <summary>The device as it is in the file.</summary>
    internal Blob Written
    {
        get
        {
            var written = new BlobBuilder(_ranges.Count);
            foreach (BlobRange range in _ranges)
                written.Add(range.Offset, Blob.FromFile(_file, _offset + range.Offset, range.Length));
            return written.ToBlob(_data.Length);
        }
    }

    /// <summary>Writes and hashes blocks; called from several threads.</summary>
    /// <param name="first">Number of the first block.</param>
    /// <param name="digests">Room for the digests of as many as there are to be.</param>
    internal void Run(long first, Memory<byte> digests)
    {
        if (!_workers.TryTake(out Worker? worker))
            worker = new Worker(this);
        try
        {
            worker.Run(first, digests);
        }
        finally
        {
            _workers.Add(worker);
        }
    }

    public void Dispose()
    {
        foreach (Worker worker in _workers)
            worker.Dispose();
        _target.Dispose();
    }

    /// <summary>The ranges with those joined that have less between them than can be left out.</summary>
    private static List<BlobRange> Joined(IReadOnlyList<BlobRange> ranges)
    {
        var joined = new List<BlobRange>();
        foreach (BlobRange range in ranges)
        {
            if (joined.Count > 0 && range.Offset - joined[^1].End < SmallestHole)
                joined[^1] = joined[^1] with { Length = range.End - joined[^1].Offset };
            else
                joined.Add(range);
        }

        return joined;
    }

    private void Reserve(long position, long length)
    {
        if (_reserves && length >= SinkLine.CallSize)
            _reserves = FileDescriptor.TryReserve(_target.Descriptor, _offset + position, length);
    }

    /// <summary>Whether a range of a file is now one of the target as well, without having been copied.</summary>
    private bool TryClone(int source, long offset, long position, long length)
    {
        if (!_clones || length == 0 || ((offset | (_offset + position)) & (CloneGrain - 1)) != 0)
            return false;
        CloneOutcome outcome = FileDescriptor.TryClone(source, offset, _target.Descriptor, _offset + position, length);
        if (outcome == CloneOutcome.Never)
            _clones = false;
        return outcome == CloneOutcome.Shared;
    }

    /// <summary>What one thread has in hand.</summary>
    private sealed class Worker(DeviceWriter device) : IBlobSink, IDisposable
    {
        private readonly HostDirectoryCursor _cursor = new();
        private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(device._bufferSize);
        private readonly int _blockSize = device._leaves.BlockSize;
        private Memory<byte> _digests;

        /// <summary>Where the buffer begins in the device, always with a block.</summary>
        private long _start;
        private int _filled;

        /// <summary>Bytes of the buffer that are in the file.</summary>
        private int _done;

        /// <summary>Bytes that the buffer takes: up to where a call ends.</summary>
        private int _size;

        /// <summary>Whether zeros are a part of the data, to be written as the rest.</summary>
        private bool _isData;

        private long Position => _start + _filled;

        internal void Run(long first, Memory<byte> digests)
        {
            _digests = digests;
            Begin(first * _blockSize);
            _isData = false;
            device._map.Emit(_start, (long)digests.Length / device._leaves.Hash.Size * _blockSize, this, Data);
            Hash();
        }

        public void Hole(long length)
        {
            if (!_isData)
                Write();
            while (length > 0)
            {
                if (!_isData && _filled % _blockSize == 0 && length >= _blockSize)
                {
                    Hash();
                    long zeros = length / _blockSize;
                    device._leaves.FillZeros(Take(zeros));
                    Begin(_start + (zeros * _blockSize));
                    length -= zeros * _blockSize;
                    continue;
                }

                int most = _isData ? _size - _filled : Math.Min(_size - _filled, _blockSize - (_filled % _blockSize));
                int count = (int)Math.Min(length, most);
                _buffer.AsSpan(_filled, count).Clear();
                Filled(count, isDone: !_isData);
                length -= count;
            }
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                int count = Math.Min(bytes.Length, _size - _filled);
                bytes[..count].CopyTo(_buffer.AsSpan(_filled));
                Filled(count, isDone: false);
                bytes = bytes[count..];
            }
        }

        public void File(HostFile file, long offset, long length)
        {
            using HostFile.Lease lease = file.Borrow(_cursor);
            long whole = length & ~(CloneGrain - 1);
            if (device.TryClone(lease.Descriptor, offset, Position, whole))
            {
                Write();
                Read(file, lease.Descriptor, offset, whole, isDone: true);
                offset += whole;
                length -= whole;
            }

            Read(file, lease.Descriptor, offset, length, isDone: false);
        }

        public void Generated(Blob blob, long offset, long length)
        {
            while (length > 0)
            {
                int count = (int)Math.Min(length, _size - _filled);
                blob.Read(offset, _buffer.AsSpan(_filled, count));
                Filled(count, isDone: false);
                offset += count;
                length -= count;
            }
        }

        public void Dispose() => _cursor.Dispose();

        private void Data(long offset, long length)
        {
            device.Reserve(offset, length);
            _isData = true;
            device._data.Emit(offset, length, this);
            _isData = false;
        }

        private void Read(HostFile file, int descriptor, long offset, long length, bool isDone)
        {
            while (length > 0)
            {
                int count = (int)Math.Min(length, _size - _filled);
                file.ReadExactly(descriptor, offset, _buffer.AsSpan(_filled, count));
                Filled(count, isDone);
                offset += count;
                length -= count;
            }
        }

        private void Filled(int count, bool isDone)
        {
            _filled += count;
            if (isDone)
                _done = _filled;
            if (_filled == _size)
                Hash();
        }

        /// <summary>Starts a buffer that ends where a call does, so far as that is between two blocks.</summary>
        private void Begin(long position)
        {
            long inFile = device._offset % _blockSize == 0 ? device._offset + position : position;
            (_start, _filled, _done) = (position, 0, 0);
            _size = device._bufferSize - (int)(inFile % device._bufferSize);
        }

        private void Write()
        {
            if (_done == _filled)
                return;
            FileDescriptor.Write(device._target.Descriptor, device._offset + _start + _done, _buffer.AsSpan(_done, _filled - _done), device._file.DisplayPath);
            _done = _filled;
        }

        /// <summary>Hashes what is in the buffer, which is whole blocks, once it is written.</summary>
        private void Hash()
        {
            Write();
            if (_filled > 0)
                device._leaves.Compute(_buffer.AsSpan(0, _filled), Take(_filled / _blockSize));
            Begin(Position);
        }

        /// <summary>Room for the next digests.</summary>
        private Span<byte> Take(long blocks)
        {
            int bytes = (int)(blocks * device._leaves.Hash.Size);
            Span<byte> room = _digests.Span[..bytes];
            _digests = _digests[bytes..];
            return room;
        }
    }
}
