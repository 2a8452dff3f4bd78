namespace Diecast.Tests.Surface;

/// <summary>Names of types as C# writes them, without their namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(string)] = "string",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(ushort)] = "ushort",
        [typeof(void)] = "void",
    };

    internal static string Of(Type type) =>
        type.IsArray ? Of(type.GetElementType()!) + "[]" : Of(type, [.. type.GetGenericArguments().Select(Of)]);

    internal static string Of(Type type, string[] arguments)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (Nullable.GetUnderlyingType(type) is not null)
            return arguments[0] + "?";
        string name = Plain(type) + (arguments.Length > 0 ? $"<{string.Join(", ", arguments)}>" : "");
        return type is { IsNested: true, IsGenericParameter: false } ? $"{Plain(type.DeclaringType!)}.{name}" : name;
    }

    /// <summary>The name alone, as a constructor has it.</summary>
    internal static string Plain(Type type)
    {
        int mark = type.Name.IndexOf('`', StringComparison.Ordinal);
        return mark < 0 ? type.Name : type.Name[..mark];
    }
}
