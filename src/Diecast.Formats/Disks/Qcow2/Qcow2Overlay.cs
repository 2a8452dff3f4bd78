using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>What a disk has that its backing disk does not: units of data, and units of zeros.</summary>
internal sealed class Qcow2Overlay
{
    private const int StepBytes = 1024 * 1024;

    private readonly Blob _disk;
    private readonly Blob _backing;
    private readonly long _virtualSize;
    private readonly int _unit;
    private readonly bool _marksZeros;

    /// <summary>Reads both disks where either has data.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="backing">What lies below; it may be shorter or longer.</param>
    /// <param name="virtualSize">The disk's length as the image has it.</param>
    /// <param name="unit">Bytes in a unit.</param>
    /// <param name="marksZeros">Whether units of zeros can be marked; if not, they are data.</param>
    internal Qcow2Overlay(Blob disk, Blob backing, long virtualSize, int unit, bool marksZeros)
    {
        _disk = disk;
        _backing = backing;
        _virtualSize = virtualSize;
        _unit = unit;
        _marksZeros = marksZeros;
        ClusterRuns shown = ClusterRuns.Of(backing.Slice(0, Math.Min(backing.Length, virtualSize)).DataRanges(), unit);
        foreach (ClusterRuns.Run run in ClusterRuns.Union(ClusterRuns.Of(disk.DataRanges(), unit), shown).Runs)
            Compare(run.First, run.End);
    }

    internal ClusterRuns Data { get; } = new();

    internal ClusterRuns Zero { get; } = new();

    private void Compare(long first, long end)
    {
        long step = Math.Max(1, StepBytes / _unit);
        byte[] ours = new byte[Math.Min(step, end - first) * _unit];
        byte[] below = new byte[ours.Length];
        for (long at = first; at < end; at += step)
        {
            int count = (int)Math.Min(step, end - at);
            Fill(_disk, at * _unit, ours);
            Fill(_backing, at * _unit, below);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> unit = ours.AsSpan(i * _unit, _unit);
                if (unit.SequenceEqual(below.AsSpan(i * _unit, _unit)))
                    continue;
                bool zero = _marksZeros && !unit.ContainsAnyExcept((byte)0);
                (zero ? Zero : Data).Add(at + i, at + i + 1);
            }
        }
    }

    /// <summary>Reads what is there; what lies past the end of the virtual disk shows nowhere and counts as zeros.</summary>
    private void Fill(Blob blob, long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Math.Min(blob.Length, _virtualSize) - offset, 0, destination.Length);
        if (count > 0)
            blob.Read(offset, destination[..count]);
        destination[count..].Clear();
    }
}
