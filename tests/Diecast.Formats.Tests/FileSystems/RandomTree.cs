using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems;

/// <summary>What a file system and its options allow in a tree that no one chose.</summary>
internal interface IRandomTreeLimits
{
    /// <summary>Where everything random comes from.</summary>
    Random Random { get; }

    /// <summary>Bytes in a block, around whose multiples files end.</summary>
    int BlockSize { get; }

    /// <summary>The largest file, holes included.</summary>
    long LargestFile { get; }

    /// <summary>Bytes that the value of one attribute, and all of an inode's together, may have.</summary>
    int LargestXattr { get; }

    /// <summary>Attributes of an inode.</summary>
    int MostXattrs { get; }

    /// <summary>Whether attributes of the namespace system, which are ACLs, are among them.</summary>
    bool HasAcls { get; }

    /// <summary>Whether device numbers go beyond a byte each.</summary>
    bool HasLargeDevices { get; }

    long EarliestTime { get; }

    long LatestTime { get; }

    bool HasNanoseconds { get; }

    /// <summary>Whether names are of any bytes, not of letters alone.</summary>
    bool HasNamesOfAnyBytes { get; }
}

/// <summary>Makes the tree of a random case, within the limits that its options set.</summary>
internal sealed class RandomTree(IRandomTreeLimits random)
{
    private static readonly string[] Alphabet = [.. "abcdefghijklmnopqrstuvwxyzABCDEFG0123456789-_.+ ".Select(c => c.ToString()), "é", "名", "ß"];

    private readonly Random _random = random.Random;
    private readonly List<Xattrs> _shared = [];
    private readonly List<Blob> _contents = [];

    internal FileTree Make()
    {
        var tree = new FileTree();
        Decorate(tree.Root);
        List<DirectoryInode> directories = [tree.Root];
        List<Inode> files = [];
        int count = _random.Next(10) == 0 ? _random.Next(400) : _random.Next(80);
        for (int i = 0; i < count; i++)
        {
            DirectoryInode parent = directories[_random.Next(directories.Count)];
            Inode inode = _random.Next(11) == 0 && files.Count > 0 ? files[_random.Next(files.Count)] : AnyInode();
            parent.Set(Name(), inode);
            if (inode is DirectoryInode directory)
                directories.Add(directory);
            else
                files.Add(inode);
        }

        if (_random.Next(3) == 0)
            Crowd(directories[_random.Next(directories.Count)]);
        if (_random.Next(6) == 0)
            Deepen(directories[_random.Next(directories.Count)]);
        return tree;
    }

    private Inode AnyInode()
    {
        int blockSize = random.BlockSize;
        Inode inode = _random.Next(20) switch
        {
            < 4 => new DirectoryInode(_random.Next(0x1000)),
            < 7 => new SymlinkInode(new string('t', _random.Next(4) switch
            {
                0 => _random.Next(58, 62),
                1 => Math.Min(blockSize, 4096) - 1 - _random.Next(3),
                _ => _random.Next(1, 200),
            })),
            7 => new SpecialInode(InodeType.Fifo, _random.Next(0x1000)),
            8 => new SpecialInode(InodeType.Socket, _random.Next(0x1000)),
            9 => new SpecialInode(InodeType.BlockDevice, 0, Device()),
            10 => new SpecialInode(InodeType.CharacterDevice, 0, Device()),
            _ => new FileInode(Content(), _random.Next(0x1000)),
        };
        Decorate(inode);
        return inode;
    }

    /// <summary>Both forms of a device number, and their limits.</summary>
    private DeviceNumber Device() => _random.Next(4) switch
    {
        _ when !random.HasLargeDevices => new DeviceNumber((uint)_random.Next(256), (uint)_random.Next(256)),
        0 => new DeviceNumber(255, 255),
        1 => new DeviceNumber((uint)_random.Next(255, 257), (uint)_random.Next(255, 257)),
        2 => new DeviceNumber(4095, 1048575),
        _ => new DeviceNumber((uint)_random.Next(4096), (uint)_random.Next(1 << 20)),
    };

    /// <summary>A directory of one level of index or two.</summary>
    private void Crowd(DirectoryInode directory)
    {
        int longest = _random.Next(2) == 0 ? Longest : 20;
        for (int i = _random.Next(1500); i > 0; i--)
        {
            var inode = new FileInode(Blob.Empty);
            directory.Set(Name(longest), _random.Next(50) == 0 ? new DirectoryInode() : inode);
        }
    }

    /// <summary>Directories one in the other, to paths that no call of the kernel takes whole.</summary>
    private void Deepen(DirectoryInode directory)
    {
        int longest = _random.Next(2) == 0 ? Longest : 3;
        for (int i = _random.Next(60); i > 0; i--)
        {
            var below = new DirectoryInode();
            directory.Set(Name(longest), below);
            directory = below;
        }

        directory.Set("deepest", new FileInode(Blob.FromText("here")));
    }

    private void Decorate(Inode inode)
    {
        inode.Uid = _random.Next(4) == 0 ? uint.MaxValue - 1 : (uint)_random.Next(100_000);
        inode.Gid = (uint)_random.Next(100_000);
        long seconds = _random.Next(12) switch
        {
            0 => random.EarliestTime,
            1 => random.LatestTime,
            2 => Math.Max(-1, random.EarliestTime),
            3 => Math.Min(random.LatestTime, (1L << 31) + ((long)_random.Next(2) << 32) - _random.Next(2)),
            _ => _random.NextInt64(random.EarliestTime, random.LatestTime),
        };
        inode.ModifiedTime = new Timestamp(seconds, !random.HasNanoseconds ? 0 : _random.Next(8) == 0 ? 999_999_999 : _random.Next(1_000_000_000));
        if (random.MostXattrs == 0 || _random.Next(inode is FileInode or DirectoryInode ? 3 : 8) != 0)
            return;
        if (_shared.Count == 0 || _random.Next(3) > 0)
            _shared.Add(SomeXattrs(inode is FileInode or DirectoryInode, inode is DirectoryInode));
        Xattrs candidate = _shared[_random.Next(_shared.Count)];
        // The kernel shows user attributes of files and directories alone, and a default ACL of directories.
        bool suits = candidate.All(x => inode is DirectoryInode
            || (inode is FileInode && !x.Name.Span.EndsWith("_default"u8))
            || x.Name.Span.StartsWith("trusted."u8));
        if (suits)
            inode.Xattrs = candidate;
    }

    private Xattrs SomeXattrs(bool hasUserOnes, bool isDirectory) => Xattrs.Create(
        Enumerable.Range(0, _random.Next(1, random.MostXattrs + 1)).Select(_ => _random.Next(hasUserOnes ? 7 : 1) switch
        {
            0 => new Xattr($"trusted.{new string('t', _random.Next(1, 40))}", Value()),
            1 when random.HasAcls => new Xattr(isDirectory && _random.Next(2) == 0 ? "system.posix_acl_default" : "system.posix_acl_access", Acl()),
            2 => new Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")),
            3 => new Xattr("security.label", Value()),
            _ => new Xattr($"user.{new string('n', _random.Next(1, 40))}{Alphabet[_random.Next(Alphabet.Length)]}", Value()),
        }));

    private byte[] Value() => Bytes(
        random.LargestXattr > 1000 && _random.Next(6) == 0 ? _random.Next(random.LargestXattr + 1) : _random.Next(Math.Min(121, random.LargestXattr + 1)),
        _random.Next(5));

    /// <summary>Owner, users, group, groups, mask and others, as getxattr gives them.</summary>
    private byte[] Acl()
    {
        List<(int Tag, uint Id)> entries = [(0x01, uint.MaxValue)];
        entries.AddRange(Enumerable.Range(0, _random.Next(3)).Select(i => (0x02, (uint)(i * 70_000))));
        entries.Add((0x04, uint.MaxValue));
        entries.AddRange(Enumerable.Range(0, _random.Next(3)).Select(i => (0x08, (uint)i + 5)));
        entries.AddRange([(0x10, uint.MaxValue), (0x20, uint.MaxValue)]);
        byte[] acl = new byte[4 + (entries.Count * 8)];
        acl[0] = 2;
        for (int i = 0; i < entries.Count; i++)
        {
            acl[4 + (i * 8)] = (byte)entries[i].Tag;
            acl[6 + (i * 8)] = (byte)_random.Next(8);
            BinaryPrimitives.WriteUInt32LittleEndian(acl.AsSpan(8 + (i * 8)), entries[i].Id);
        }

        return acl;
    }

    /// <summary>Something new, or what another file has already.</summary>
    private Blob Content()
    {
        if (_contents.Count == 0 || _random.Next(8) != 0)
            _contents.Add(NewContent());
        return _contents[_random.Next(8) == 0 ? _random.Next(_contents.Count) : ^1];
    }

    private Blob NewContent()
    {
        int blockSize = random.BlockSize;
        return _random.Next(12) switch
        {
            0 => Blob.Empty,
            1 => Blob.FromMemory(Bytes(_random.Next(1, 300_000), _random.Next(1000))),
            // Where a block, and where the pointers of an inode, end.
            2 => Blob.FromMemory(Bytes((blockSize * _random.Next(1, 14)) + _random.Next(-1, 2), _random.Next(1000))),
            3 => Sparse(4_000_000, [.. Enumerable.Range(0, _random.Next(1, 60)).Select(i => (i * 60_000L, _random.Next(1, 50_000)))]),
            4 => Scattered(Math.Min(random.LargestFile, 1L << _random.Next(14, 41))),
            5 => Blob.Zeros(_random.NextInt64(Math.Min(random.LargestFile, 1L << 33))),
            6 => Blob.FromMemory(Bytes(_random.Next(1, 200), _random.Next(1000))),
            _ => Blob.FromMemory(Bytes(_random.Next(1, 10_000), _random.Next(1000))),
        };
    }

    /// <summary>A file with data in some places only.</summary>
    private static Blob Sparse(long length, params (long Offset, int Length)[] ranges)
    {
        var builder = new BlobBuilder();
        foreach ((long offset, int count) in ranges)
            builder.Add(offset, Bytes(count, (int)(offset % 1000)));
        return builder.ToBlob(length);
    }

    /// <summary>Noise, or, of every second seed, what can be compressed.</summary>
    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        var random = new Random(seed);
        random.NextBytes(bytes);
        if (seed % 2 == 0)
            return bytes;
        for (int i = 0; i < length; i++)
            bytes[i] = i >= 64 && bytes[i] < 250 ? bytes[i - 1 - (bytes[i] % 64)] : (byte)('a' + (bytes[i] % 20));
        return bytes;
    }

    /// <summary>Data of any length at any place, the last byte perhaps among it.</summary>
    private Blob Scattered(long length)
    {
        var builder = new BlobBuilder();
        long at = _random.NextInt64(length / 2);
        for (int i = _random.Next(1, 12); i > 0 && at < length; i--)
        {
            int count = (int)Math.Min(length - at, _random.Next(1, 20_000));
            builder.Add(at, Bytes(count, i));
            at += count + _random.NextInt64(length / 4);
        }

        return builder.ToBlob(length);
    }

    /// <summary>Debugfs takes no longer paths than a few of these.</summary>
    private int Longest => random.HasNamesOfAnyBytes ? 255 : 80;

    private FileName Name() => Name(_random.Next(8) == 0 ? Longest : 20);

    private FileName Name(int longest)
    {
        byte[] name;
        do
        {
            if (random.HasNamesOfAnyBytes && _random.Next(3) == 0)
            {
                name = new byte[_random.Next(8) == 0 ? longest : _random.Next(1, longest + 1)];
                _random.NextBytes(name);
                name.AsSpan().Replace((byte)'/', (byte)'.');
                name.AsSpan().Replace((byte)0, (byte)'0');
            }
            else
            {
                string text = "";
                for (int left = _random.Next(1, longest + 1); left > 0; left -= Encoding.UTF8.GetByteCount(text[^1..]))
                    text += Alphabet[_random.Next(Alphabet.Length)];
                text = text.Trim();
                name = Encoding.UTF8.GetBytes(Encoding.UTF8.GetByteCount(text) > 255 ? text[..^1].Trim() : text);
            }
        }
        while (!FileName.IsValid(name));
        return new FileName(name);
    }
}
