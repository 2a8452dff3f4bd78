using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How files of a system are written.</summary>
internal static class FileShapes
{
    internal static readonly RecordShape<SystemFile> File = new("a file", () => new SystemFile { Target = "" },
    [
        Field.Required(nameof(SystemFile.Target), Texts.TreePath, (SystemFile f) => f.Target, (f, v) => f with { Target = v }),
        Field.Optional(nameof(SystemFile.Source), Scalars.AnyPath, (SystemFile f) => f.Source, (f, v) => f with { Source = v }),
        Field.Optional(nameof(SystemFile.Text), Texts.Text, (SystemFile f) => f.Text, (f, v) => f with { Text = v }),
        Field.Optional(nameof(SystemFile.Link), Texts.LinkTarget, (SystemFile f) => f.Link, (f, v) => f with { Link = v }),
        Field.OptionalValue(nameof(SystemFile.Mode), new ModeShape(), (SystemFile f) => f.Mode, (f, v) => f with { Mode = v }),
        Field.Of(nameof(SystemFile.User), Texts.UserName, (SystemFile f) => f.User, (f, v) => f with { User = v }),
        Field.Of(nameof(SystemFile.Group), Texts.GroupName, (SystemFile f) => f.Group, (f, v) => f with { Group = v }),
    ]);
}
