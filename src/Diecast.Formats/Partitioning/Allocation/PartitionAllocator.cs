namespace Diecast.Formats.Partitioning.Allocation;

/// <summary>
/// systemd-repart's placement of partitions: existing ones stay where they are and may grow, new ones go to the free areas
/// by first fit, and the room of each area is shared out by weight.
/// </summary>
/// <remarks>A pure function of the request.</remarks>
public static class PartitionAllocator
{
    /// <summary>The release whose layouts the result equals; earlier ones differ in rounding, order and left-over room.</summary>
    public const string Version = "systemd-repart 262";

    private const string Format = "partitions";
    private const long GptEntriesBytes = 16 * 1024;

    /// <summary>Finds the place of every partition.</summary>
    /// <exception cref="DoesNotFitException">They do not fit even when everything with a priority above zero is given up.</exception>
    /// <exception cref="UnrepresentableException">The grain or the disk makes no sense, or existing partitions overlap.</exception>
    public static AllocationResult Allocate(AllocationRequest request)
    {
        var state = new State(request);
        while (!state.Fits() && !state.Separate())
        {
            if (!state.GiveUp())
            {
                long needed = AutoLength(request);
                throw new DoesNotFitException(
                    Format,
                    needed,
                    request.DiskLength,
                    FormattableString.Invariant($"the partitions do not fit a disk of {request.DiskLength} bytes; they need {needed}"));
            }
        }

        return state.Place();
    }

    /// <summary>The length of the disk that the request's partitions need at the least; the request's own length does not matter.</summary>
    public static long AutoLength(AllocationRequest request)
    {
        var state = new State(request);
        long length = state.Grain.Up(1L << 20) + GptEntriesBytes + request.SectorSize;
        foreach (AllocationItem item in state.Items.Where(item => !item.IsMerged))
            length += item.LeastWithPadding;
        return length;
    }

    /// <summary>The least bytes of a partition that is to be made, padding apart.</summary>
    internal static long LeastLength(PartitionDefinition definition, long grainSize, int sectorSize) =>
        new AllocationItem(0, definition, null, new Grain(Math.Max(grainSize, sectorSize))).Least;

    private sealed class State
    {
        private readonly long _start;
        private readonly long _end;
        private readonly List<AllocationItem> _existing = [];
        private readonly List<AllocationItem> _new = [];
        private readonly List<AllocationItem> _defined = [];
        private FreeArea[] _areas = [];
        private readonly HashSet<int> _dropped = [];

        internal State(AllocationRequest request)
        {
            if (request.SectorSize <= 0 || request.GrainSize <= 0 || (request.GrainSize & (request.GrainSize - 1)) != 0)
                throw new UnrepresentableException(Format, null, FormattableString.Invariant($"a grain of {request.GrainSize} and sectors of {request.SectorSize} bytes; the grain must be a power of two"));
            Grain = new Grain(Math.Max(request.GrainSize, request.SectorSize));
            _start = Grain.Up(request.FirstUsableOffset);
            _end = Grain.Down(request.UsableEnd ?? request.DiskLength - request.SectorSize - GptEntriesBytes);
            Match(request);
            Supplement(request);
            FindAreas();
        }

        internal Grain Grain { get; }

        internal IEnumerable<AllocationItem> Items => _existing.Concat(_new);

        private IEnumerable<AllocationItem> Active => Items.Where(item => !item.IsForeign && !item.IsDropped);

        /// <summary>First fit of the new partitions into the areas, the smallest area first.</summary>
        internal bool Fits()
        {
            foreach (FreeArea area in _areas)
                area.Allocated = 0;
            foreach (AllocationItem item in _new)
                item.Area = null;
            // A stable sort, so that areas of one size are taken in the order of the table; each attempt starts from the last one's.
            _areas = [.. _areas.OrderBy(area => area.Available)];
            if (_areas.Any(area => area.CurrentEnd < area.LeastEnd))
                return false;
            foreach (AllocationItem item in _existing)
            {
                if (!item.IsForeign && !item.IsMerged && item.Existing!.Size + item.Gap < item.LeastWithPadding)
                    return false;
            }

            foreach (AllocationItem item in _new.Where(item => !item.IsDropped && !item.IsMerged))
            {
                long needed = item.LeastWithPadding;
                item.Area = _areas.FirstOrDefault(area => area.Available >= needed);
                if (item.Area is null)
                    return false;
                item.Area.Allocated += needed;
            }

            return true;
        }

        /// <summary>
        /// Gives supplements partitions of their own until everything fits: each alone, then more of them; false, with all as
        /// it was, where no choice of them helps.
        /// </summary>
        internal bool Separate()
        {
            AllocationItem[] targets = [.. _defined.Where(item => item.Supplement is not null)];
            return targets.Any(target => Separated(target, Fits)) || targets.Any(target => Separated(target, Separate));
        }

        /// <summary>Gives up what has the highest priority number, with its groups; false when nothing may be given up.</summary>
        internal bool GiveUp()
        {
            int highest = Active.Select(item => item.Definition!.Priority).DefaultIfEmpty(0).Max();
            if (highest <= 0)
                return false;
            HashSet<string> groups = [.. Active.Where(i => i.Definition!.Priority == highest && i.Definition.Group is not null).Select(i => i.Definition!.Group!)];
            foreach (AllocationItem item in Active.ToArray())
            {
                if (item.Definition!.Priority != highest && (item.Definition.Group is null || !groups.Contains(item.Definition.Group)))
                    continue;
                _dropped.Add(item.Index!.Value);
                if (item.IsMerged)
                    item.Target!.Supplement = null;
                if (item.Existing is null)
                {
                    item.IsDropped = true;
                }
                else
                {
                    item.IsForeign = true;
                    item.Supplement = null;
                }
            }

            return true;
        }

        internal AllocationResult Place()
        {
            foreach (FreeArea area in _areas)
            {
                AllocationItem[] members = [.. Members(area)];
                AreaSharing.Share(area, members, Grain);
                long position = area.Owner is { } owner ? Grain.Up(owner.Offset + owner.Size!.Value + owner.Padding!.Value) : _start;
                foreach (AllocationItem member in members.Where(member => member != area.Owner))
                {
                    member.Offset = position;
                    position = Grain.Up(position + member.Size!.Value + member.Padding!.Value);
                }
            }

            List<AllocationItem> ordered = [.. Members(null)];
            foreach (AllocationItem item in _existing)
            {
                ordered.Add(item);
                ordered.AddRange(_new.Where(other => other.Area?.Owner == item));
            }

            Number();
            return new AllocationResult(
                [.. ordered.Select(i => new AllocatedPartition(
                    i.Index, i.Existing, i.Number, i.Offset, i.Size ?? i.Existing!.Size, i.Padding ?? i.Gap)
                {
                    ExistingPadding = i.Existing is null ? null : i.Gap,
                })],
                [.. _dropped.Order()])
            {
                Merged = [.. _defined.Where(item => item.IsMerged).Select(item => item.Index!.Value)],
            };
        }

        private static bool Separated(AllocationItem target, Func<bool> attempt)
        {
            AllocationItem supplement = target.Supplement!;
            target.Supplement = null;
            if (attempt())
                return true;
            target.Supplement = supplement;
            return false;
        }

        private IEnumerable<AllocationItem> Members(FreeArea? area)
        {
            if (area?.Owner is { } owner)
                yield return owner;
            foreach (AllocationItem item in _new)
            {
                if (item.Area is not null && (area is null ? item.Area.Owner is null : item.Area == area))
                    yield return item;
            }
        }

        /// <summary>
        /// New partitions get the lowest free numbers, area by area as they were filled; but numbers behind those that partitions
        /// of their type have, so that another run matches these first again.
        /// </summary>
        private void Number()
        {
            HashSet<int> taken = [.. _existing.Select(item => item.Number)];
            foreach (AllocationItem item in _areas.SelectMany(area => _new.Where(item => item.Area == area)))
            {
                int next = _existing.Where(other => other.Existing!.Type == item.Definition!.Type).Select(other => other.Number).DefaultIfEmpty(0).Max() + 1;
                while (!taken.Add(next))
                    next++;
                item.Number = next;
            }
        }

        private void Match(AllocationRequest request)
        {
            var taken = new bool[request.Definitions.Count];
            foreach (ExistingPartition existing in request.Existing)
            {
                int index = -1;
                for (int i = 0; i < taken.Length && index < 0; i++)
                {
                    if (!taken[i] && request.Definitions[i].Type == existing.Type)
                        index = i;
                }

                if (index >= 0)
                    taken[index] = true;
                _existing.Add(index < 0
                    ? new AllocationItem(null, null, existing, Grain)
                    : new AllocationItem(index, request.Definitions[index], existing, Grain));
            }

            for (int i = 0; i < taken.Length; i++)
            {
                if (!taken[i])
                    _new.Add(new AllocationItem(i, request.Definitions[i], null, Grain));
            }
        }

        private void Supplement(AllocationRequest request)
        {
            _defined.AddRange(Items.Where(item => item.Index is not null).OrderBy(item => item.Index));
            for (int i = 0; i < _defined.Count; i++)
            {
                if (request.Definitions[i].SupplementFor is not { } target)
                    continue;
                if (target < 0 || target >= _defined.Count || request.Definitions[target].SupplementFor is not null || _defined[target].Supplement is not null)
                    throw new UnrepresentableException(Format, null, FormattableString.Invariant($"definition {i} supplements {target}, which is none, a supplement itself, or has one"));
                _defined[i].Target = _defined[target];
                // What is on the disk already stays a partition of its own.
                if (_defined[i].Existing is null)
                    _defined[target].Supplement = _defined[i];
            }
        }

        private void FindAreas()
        {
            AllocationItem[] byTable = [.. _existing];
            _existing.Sort((a, b) => a.Existing!.Offset.CompareTo(b.Existing!.Offset));
            long before = _existing.Count > 0 ? Grain.Down(_existing[0].Existing!.Offset) : _end;
            for (int i = 0; i < _existing.Count; i++)
            {
                ExistingPartition existing = _existing[i].Existing!;
                long end = existing.Offset + existing.Size;
                long next = i + 1 < _existing.Count ? _existing[i + 1].Existing!.Offset : _end;
                if (i + 1 < _existing.Count && next < end)
                    throw new UnrepresentableException(Format, null, FormattableString.Invariant($"existing partitions {existing.Number} and {_existing[i + 1].Existing!.Number} overlap by {end - next} bytes"));
                _existing[i].Gap = Math.Max(0, Grain.Down(next) - Grain.Up(end));
            }

            _areas =
            [
                .. byTable.Where(item => item.Gap > 0).Select(item => new FreeArea(item, item.Gap, Grain)),
                .. before > _start ? [new FreeArea(null, before - _start, Grain)] : (FreeArea[])[],
            ];
        }
    }
}
