namespace Diecast.Formats.Partitioning.Allocation;

/// <summary>Shares the room of one area among its members' sizes and paddings.</summary>
internal static class AreaSharing
{
    private enum Phase
    {
        Foreign,
        Overcharge,
        Undercharge,
        Distribute,
    }

    /// <summary>Sets size and padding of every member; members in the order of the disk, the owner first.</summary>
    internal static void Share(FreeArea area, IReadOnlyList<AllocationItem> members, Grain grain)
    {
        if (members.Count == 0)
            return;
        foreach (AllocationItem member in members)
            member.Size = member.Padding = null;
        var room = new Room(area, members, grain);
        for (Phase phase = Phase.Foreign; phase <= Phase.Distribute; phase++)
        {
            // What a forced value leaves changes everyone's share, so that there is another pass after one that forced any.
            while (Pass(room, members, phase, grain))
            {
            }
        }

        GiveAwayRest(room.Span, members, grain);
    }

    /// <summary>One pass; true when a value was forced and the pass must be repeated.</summary>
    private static bool Pass(Room room, IReadOnlyList<AllocationItem> members, Phase phase, Grain grain)
    {
        bool forced = false;
        foreach (AllocationItem member in members)
        {
            if (member.Size is null)
            {
                if (phase == Phase.Foreign)
                    member.Size = member.IsForeign ? member.Existing!.Size : null;
                else
                    member.Size = Decide(phase, room.ShareOf(member.Weight), member.Least, member.Most, grain);
                if (member.Size is { } size)
                {
                    room.Charge(size, member.Weight);
                    forced |= phase is Phase.Overcharge or Phase.Undercharge;
                }
            }

            if (member.Padding is null && phase != Phase.Foreign)
            {
                member.Padding = Decide(phase, room.ShareOf(member.PaddingWeight), member.LeastPadding, member.MostPadding, grain);
                if (member.Padding is { } padding)
                {
                    room.Charge(padding, member.PaddingWeight);
                    forced |= phase is Phase.Overcharge or Phase.Undercharge;
                }
            }
        }

        return forced;
    }

    private static long? Decide(Phase phase, long share, long least, long most, Grain grain) => phase switch
    {
        Phase.Overcharge => least > share ? least : null,
        Phase.Undercharge => most < share ? most : null,
        _ => Math.Min(Math.Max(grain.Down(share), least), most),
    };

    /// <summary>Rounding and limits leave some room: members that may still grow take it, the last one's padding the rest.</summary>
    private static void GiveAwayRest(long span, IReadOnlyList<AllocationItem> members, Grain grain)
    {
        foreach (AllocationItem member in members)
        {
            long size = member.Size!.Value;
            long grown = Math.Min(Math.Max(grain.Down(size + span), size), member.Most);
            span = Math.Max(0, span - grain.Up(grown - size));
            member.Size = grown;
        }

        members[^1].Padding += grain.Down(span);
    }

    private sealed class Room
    {
        private readonly Grain _grain;
        private ulong _weights;

        internal Room(FreeArea area, IReadOnlyList<AllocationItem> members, Grain grain)
        {
            _grain = grain;
            Span = area.Size;
            if (area.Owner?.Existing is { } owner)
                Span += grain.Up(owner.Offset + owner.Size) - owner.Offset;
            foreach (AllocationItem member in members)
                _weights += (ulong)member.Weight + member.PaddingWeight;
        }

        internal long Span { get; private set; }

        internal long ShareOf(uint weight)
        {
            if (weight == 0)
                return 0;
            if (weight == _weights)
                return Span;
            ulong scaled = weight;
            ulong sum = _weights;
            // The original computes in 64 bits and gives up precision where they do not suffice.
            while (scaled > 0 && (ulong)Span > ulong.MaxValue / scaled)
            {
                scaled /= 2;
                sum = (sum + 1) / 2;
            }

            return (long)((ulong)Span * scaled / sum);
        }

        internal void Charge(long value, uint weight)
        {
            Span = Math.Max(0, Span - _grain.Up(value));
            _weights -= weight;
        }
    }
}
