using System.Reflection;
using System.Text;

namespace Diecast.Tests.Surface;

/// <summary>
/// What an assembly shows to other programs, as C# declarations: a block for each type, sorted by name, in it the
/// members, sorted by kind and name. What the compiler adds to every record is left out.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string?, Type> space in assembly.GetExportedTypes()
            .GroupBy(type => type.Namespace)
            .OrderBy(space => space.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append("namespace ").Append(space.Key).Append('\n');
            foreach (Type type in space.OrderBy(type => type.FullName, StringComparer.Ordinal))
                Describe(type, text.Append('\n'));
        }

        return text.ToString();
    }

    private static void Describe(Type type, StringBuilder text)
    {
        text.Append(Declarations.Of(type)).Append('\n');
        if (type.IsSubclassOf(typeof(Delegate)))
            return;
        IEnumerable<string> members = type.IsEnum
            ? Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}")
            : type.GetMembers(Declared)
                .Where(member => member is not TypeInfo && !Declarations.IsSynthesized(member))
                .Select(member => (Kind: Kind(member), member.Name, Text: Declarations.Of(member)))
                .Where(member => member.Text is not null)
                .OrderBy(member => member.Kind)
                .ThenBy(member => member.Name, StringComparer.Ordinal)
                .ThenBy(member => member.Text, StringComparer.Ordinal)
                .Select(member => member.Text!);
        foreach (string member in members)
            text.Append("    ").Append(member).Append('\n');
    }

    private static int Kind(MemberInfo member) => member switch
    {
        FieldInfo => 0,
        ConstructorInfo => 1,
        PropertyInfo => 2,
        EventInfo => 3,
        _ => 4,
    };
}
