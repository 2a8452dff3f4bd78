using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Building;

/// <summary>Says in what two trees differ first.</summary>
internal static class TreeDifference
{
    /// <summary>The first entry, in the order of the walk, that one of them lacks or has otherwise; null where there is none.</summary>
    internal static string? First(FileTree one, FileTree two)
    {
        using IEnumerator<TreeEntry> left = one.Walk().GetEnumerator();
        using IEnumerator<TreeEntry> right = two.Walk().GetEnumerator();
        if (Of(one.Root, two.Root) is { } root)
            return "/ has " + root;
        while (true)
        {
            bool hasLeft = left.MoveNext();
            bool hasRight = right.MoveNext();
            if (!hasLeft && !hasRight)
                return null;
            if (!hasLeft || !hasRight || left.Current.Path != right.Current.Path)
            {
                // The walk is in order, so that the earlier of two names is the one that the other tree lacks.
                bool isMissing = hasLeft && (!hasRight || two.Find(left.Current.Path) is null);
                return isMissing ? $"{left.Current.Path} was there and is not now" : $"{right.Current.Path} was not there and is now";
            }

            if (Of(left.Current.Inode, right.Current.Inode) is { } difference)
                return $"{left.Current.Path} has {difference}";
        }
    }

    private static string? Of(Inode one, Inode two)
    {
        if (one.Type != two.Type)
            return $"another type: {one.Type.ToString().ToLowerInvariant()} before, {two.Type.ToString().ToLowerInvariant()} now";
        if (one.Mode != two.Mode)
            return $"another mode: {Convert.ToString(one.Mode, 8)} before, {Convert.ToString(two.Mode, 8)} now";
        if (one.Uid != two.Uid || one.Gid != two.Gid)
            return string.Create(CultureInfo.InvariantCulture, $"another owner: {one.Uid}:{one.Gid} before, {two.Uid}:{two.Gid} now");
        if (one.ModifiedTime != two.ModifiedTime)
            return string.Create(CultureInfo.InvariantCulture, $"another time: {one.ModifiedTime.Seconds}.{one.ModifiedTime.Nanoseconds:D9} before, {two.ModifiedTime.Seconds}.{two.ModifiedTime.Nanoseconds:D9} now");
        if (!one.Xattrs.Equals(two.Xattrs))
            return "other extended attributes";
        return (one, two) switch
        {
            (SymlinkInode a, SymlinkInode b) when a.Target != b.Target => $"another target: {a.Target} before, {b.Target} now",
            (SpecialInode a, SpecialInode b) when a.Device != b.Device => "another device number",
            (FileInode a, FileInode b) when ContentDifference.FirstDifference(a.Content, b.Content) is { } at =>
                string.Create(CultureInfo.InvariantCulture, $"other content from byte {at} on, of {a.Content.Length} bytes"),
            _ => null,
        };
    }
}
