using System.Globalization;
using System.Text;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>What of a tree cannot be held, all of it.</summary>
internal sealed class ErofsFaults
{
    private const int Most = 20;

    private readonly List<(string Path, string Message)> _faults = [];
    private long _more;

    internal void Add(string path, FormattableString message)
    {
        if (_faults.Count < Most)
            _faults.Add((path, message.ToString(CultureInfo.InvariantCulture)));
        else
            _more++;
    }

    /// <summary>Throws when there are any.</summary>
    internal void Check()
    {
        if (_faults.Count == 0)
            return;
        var message = new StringBuilder(_faults[0].Message);
        foreach ((string path, string text) in _faults.Skip(1))
            message.Append(CultureInfo.InvariantCulture, $"\n{path}: {text}");
        if (_more > 0)
            message.Append(CultureInfo.InvariantCulture, $"\nand {_more} more");
        throw new UnrepresentableException(ErofsFormat.Name, _faults[0].Path, message.ToString());
    }
}
