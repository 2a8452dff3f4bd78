using System.Globalization;

namespace Diecast.Definitions;

/// <summary>A place in a source. Lines and columns count from 1; a column is a UTF-16 unit.</summary>
/// <param name="Source">The text.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
public sealed record SourcePosition(DefinitionSource Source, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, or the flag with its argument.</summary>
    public override string ToString() => Source.IsFile
        ? string.Create(CultureInfo.InvariantCulture, $"{Source.Name}:{Line}:{Column}")
        : $"{Source.Name} {Source.Text}";

    internal static int Compare(SourcePosition? left, SourcePosition? right)
    {
        if (left is null || right is null)
            return (left is null).CompareTo(right is null);
        int order = left.Source.Order.CompareTo(right.Source.Order);
        if (order == 0)
            order = left.Line.CompareTo(right.Line);
        return order != 0 ? order : left.Column.CompareTo(right.Column);
    }
}
