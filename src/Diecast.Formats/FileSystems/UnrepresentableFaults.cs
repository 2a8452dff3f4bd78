using System.Globalization;
using System.Text;

namespace Diecast.Formats.FileSystems;

/// <summary>Gathers all that a format cannot hold of a tree, so that one message tells it.</summary>
/// <param name="format">The format, as in <c>vfat</c>.</param>
internal sealed class UnrepresentableFaults(string format)
{
    /// <summary>Most faults that are told one by one; the others are counted.</summary>
    private const int Most = 20;

    private readonly List<(string Path, string Message)> _faults = [];
    private long _more;

    /// <summary>Adds a fault.</summary>
    /// <param name="path">Where it is in the tree.</param>
    /// <param name="message">What cannot be held, and the limit.</param>
    internal void Add(string path, FormattableString message)
    {
        if (_faults.Count < Most)
            _faults.Add((path, message.ToString(CultureInfo.InvariantCulture)));
        else
            _more++;
    }

    /// <summary>Throws when there are any: the first with its path, then the others.</summary>
    /// <exception cref="UnrepresentableException">There are faults.</exception>
    internal void Check()
    {
        if (_faults.Count == 0)
            return;
        var message = new StringBuilder(_faults[0].Message);
        foreach ((string path, string text) in _faults.Skip(1))
            message.Append("; ").Append(path).Append(": ").Append(text);
        if (_more > 0)
            message.Append(CultureInfo.InvariantCulture, $"; and {_more} more");
        throw new UnrepresentableException(format, _faults[0].Path, message.ToString());
    }
}
