using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Replays a journal of JBD2 (journal.rst): not into the image, but as blocks that lie over it.</summary>
/// <remarks>
/// The transactions from the journal's start on count, each as soon as its commit block is there; the first block that
/// does not go on with them ends the journal. A block that a later transaction revokes is not replayed.
/// </remarks>
internal sealed class ExtReaderJournal
{
    private const uint NoBlock = 0;

    private readonly ExtReaderVolume _volume;
    private readonly ExtJournalFormat _format;
    private readonly long[] _blocks;
    private readonly List<Copy> _copies = [];
    private readonly Dictionary<long, uint> _revoked = [];
    private readonly List<long> _revocations = [];
    private uint _sequence;
    private long _place;
    private long _used;
    private int _committed;
    private uint _oldChecksum = uint.MaxValue;

    private ExtReaderJournal(ExtReaderVolume volume, long[] blocks)
    {
        _volume = volume;
        _blocks = blocks;
        _format = new ExtJournalFormat(BlockAt(0), volume.BlockSize, blocks.Length);
        _sequence = _format.Sequence;
        _place = _format.Start;
    }

    /// <summary>A block that a transaction writes: where to, and where in the journal it is.</summary>
    private readonly record struct Copy(uint Sequence, long Target, long Place, bool IsEscaped, uint Checksum);

    /// <summary>The image as it is once the journal is replayed.</summary>
    internal static Blob Replay(ExtReaderVolume volume)
    {
        ExtReaderSuperblock superblock = volume.Superblock;
        if (!superblock.Features.Has(ExtFeature.HasJournal))
            throw Invalid("the feature needs_recovery is set, and has_journal is not");
        uint number = superblock.JournalInode;
        if (number == 0)
            throw Invalid("it has to be replayed, and it is on another device");
        ReadOnlySpan<byte> inode = volume.Inode(number);
        ulong size = ExtInodeLayout.SizeLo.Get(inode) | (ExtInodeLayout.SizeHigh.Get(inode) << 32);
        List<ExtReaderRun> runs = ExtReaderMap.Read(
            volume, number, (uint)ExtInodeLayout.Flags.Get(inode), ExtInodeLayout.Block.Of(inode));
        var blocks = new List<long>();
        foreach (ExtReaderRun run in runs)
        {
            if (run.Logical != blocks.Count)
                throw Invalid($"it has a hole at its block {blocks.Count}");
            for (long i = 0; i < run.Blocks && (ulong)blocks.Count < size / (ulong)volume.BlockSize; i++)
                blocks.Add(run.Physical + i);
            if ((ulong)blocks.Count == size / (ulong)volume.BlockSize)
                break;
        }

        if (blocks.Count == 0)
            throw Invalid($"inode {number} has no blocks");
        return new ExtReaderJournal(volume, [.. blocks]).Run();
    }

    private Blob Run()
    {
        if (_format.Start == NoBlock)
            return _volume.Image;
        Scan();
        var latest = new SortedDictionary<long, Copy>();
        foreach (Copy copy in _copies)
        {
            if (!_revoked.TryGetValue(copy.Target, out uint revoked) || IsBefore(revoked, copy.Sequence))
                latest[copy.Target] = Checked(copy);
        }

        long blockSize = _volume.BlockSize;
        var builder = new BlobBuilder();
        foreach (Copy copy in latest.Values)
        {
            builder.Append(_volume.Image.Slice(builder.End, (copy.Target * blockSize) - builder.End));
            Blob content = _volume.Image.Slice(_blocks[copy.Place] * blockSize, blockSize);
            // A block that begins as those of the journal do is stored without its first word.
            if (copy.IsEscaped)
                content = Blob.Concat(Blob.FromMemory(ExtJournalFormat.MagicBytes), content.Slice(ExtJournalFormat.MagicBytes.Length));
            builder.Append(content);
        }

        builder.Append(_volume.Image.Slice(builder.End));
        return builder.ToBlob(_volume.Image.Length);
    }

    private void Scan()
    {
        while (Step(BlockAt(_place)))
        {
        }

        _copies.RemoveRange(_committed, _copies.Count - _committed);
        if (_format.FastCommitPlace > 0 && ExtJournalFormat.IsFastCommit(BlockAt(_format.FastCommitPlace), _sequence))
            throw Invalid($"the feature {ExtFeature.FastCommit.Name}: fast commits that have to be replayed cannot be read");
    }

    /// <summary>Takes the block at the place in the log, or says that the log ends before it.</summary>
    private bool Step(ReadOnlySpan<byte> block)
    {
        switch (ExtJournalFormat.KindOf(block, _sequence))
        {
            case ExtJournalBlock.Descriptor when _format.HasValidTail(block):
                Advance(block);
                ReadDescriptor(block);
                return true;
            case ExtJournalBlock.Revocation:
                if (!_format.HasValidTail(block))
                    throw Invalid($"the checksum of a revocation of transaction {_sequence} is wrong");
                Advance([]);
                _format.ReadRevocations(block, _revocations);
                return true;
            case ExtJournalBlock.Commit when _format.IsValidCommit(block, _oldChecksum):
                Advance([]);
                Commit();
                return true;
            default:
                return false;
        }
    }

    private void ReadDescriptor(ReadOnlySpan<byte> block)
    {
        for (int at = ExtJournalFormat.HeaderSize; _format.ReadTag(block, ref at, out ExtJournalTag tag);)
        {
            if (tag.Block < 0 || tag.Block >= _volume.Superblock.Blocks)
                throw Invalid($"transaction {_sequence} writes block {tag.Block} of {_volume.Superblock.Blocks}");
            _copies.Add(new Copy(_sequence, tag.Block, _place, tag.IsEscaped, tag.Checksum));
            Advance(_format.HasOldChecksums ? BlockAt(_place) : []);
        }
    }

    private void Commit()
    {
        foreach (long block in _revocations)
            _revoked[block] = _sequence;
        _revocations.Clear();
        _committed = _copies.Count;
        _oldChecksum = uint.MaxValue;
        _sequence = unchecked(_sequence + 1);
    }

    /// <summary>Steps over a block; the log goes round, and a block counts once.</summary>
    private void Advance(ReadOnlySpan<byte> summed)
    {
        if (_format.HasOldChecksums)
            _oldChecksum = ExtJournalFormat.OldChecksum(_oldChecksum, summed);
        if (++_used > _format.End - _format.First)
            throw Invalid("its transactions go round in circles");
        _place = _place + 1 < _format.End ? _place + 1 : _format.First;
    }

    private Copy Checked(Copy copy)
    {
        if (!_format.IsValidData(BlockAt(copy.Place), copy.Sequence, copy.Checksum))
            throw Invalid($"the checksum of what transaction {copy.Sequence} writes to block {copy.Target} is wrong");
        return copy;
    }

    private ReadOnlySpan<byte> BlockAt(long place) => _volume.Block(_blocks[place], "the journal");

    private static bool IsBefore(uint a, uint b) => unchecked((int)(a - b)) < 0;

    private static InvalidImageException Invalid(string what) => ExtReaderVolume.Invalid($"the journal: {what}");
}
