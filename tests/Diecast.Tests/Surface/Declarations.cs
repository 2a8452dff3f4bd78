using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Diecast.Tests.Surface;

/// <summary>Types and members as the C# that declares them.</summary>
internal static class Declarations
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>Whether the compiler wrote a member: a record's equality, copying and printing, an enum's field.</summary>
    internal static bool IsSynthesized(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute))
        || (member is PropertyInfo { Name: "EqualityContract" })
        || (member is ConstructorInfo constructor && IsRecord(member.DeclaringType!) && !member.DeclaringType!.IsValueType
            && constructor.GetParameters() is [{ } only] && only.ParameterType == member.DeclaringType);

    internal static string Of(Type type)
    {
        string name = TypeNames.Of(type);
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Type(Nullability.Create(invoke.ReturnParameter))} {name}({Parameters(invoke)})";
        }

        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")
                + (type.IsByRefLike ? "ref " : "") + (IsRecord(type) ? "record struct" : "struct"),
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (IsRecord(type) ? "record" : "class"),
        };
        string[] bases = [.. Bases(type).Select(TypeNames.Of)];
        return $"public {kind} {name}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}{Constraints(type.GetGenericArguments())}";
    }

    /// <summary>The declaration of a member; null when no other program can reach it.</summary>
    internal static string? Of(MemberInfo member) => member switch
    {
        FieldInfo field when Access(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly) is { } access =>
            $"{access}{FieldKind(field)}{Type(Nullability.Create(field))} {field.Name}{(field.IsLiteral ? $" = {Value(field.GetRawConstantValue())}" : "")}",
        ConstructorInfo constructor when Access(constructor) is { } access =>
            $"{access}{TypeNames.Plain(constructor.DeclaringType!)}({Parameters(constructor)})",
        PropertyInfo property => Of(property),
        EventInfo @event when Access(@event.AddMethod!) is { } access => $"{access}event {Type(Nullability.Create(@event))} {@event.Name}",
        MethodInfo method when Access(method) is { } access && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{access}{Modifiers(method)}{Type(Nullability.Create(method.ReturnParameter))} "
            + $"{method.Name}{Generics(method)}({Parameters(method)}){Constraints(method.GetGenericArguments())}",
        _ => null,
    };

    private static string? Of(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(accessor => Access(accessor) is not null)];
        if (accessors.Length == 0)
            return null;
        string access = Access(accessors.FirstOrDefault(accessor => accessor.IsPublic) ?? accessors[0])!;
        string text = string.Join(" ", accessors.Select(accessor =>
            (Access(accessor) == access ? "" : Access(accessor)) + (accessor.ReturnType != typeof(void) ? "get;" : IsInit(accessor) ? "init;" : "set;")));
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
        return $"{access}{required}{Modifiers(accessors[0])}{Type(Nullability.Create(property))} {name} {{ {text} }}";
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        if (type.IsEnum)
        {
            if (type.GetEnumUnderlyingType() is { } underlying && underlying != typeof(int))
                yield return underlying;
            yield break;
        }

        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            yield return parent;
        IEnumerable<Type> inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(face => face.GetInterfaces()));
        foreach (Type face in type.GetInterfaces().Except(inherited).OrderBy(TypeNames.Of, StringComparer.Ordinal))
        {
            if (!IsRecord(type) || face != typeof(IEquatable<>).MakeGenericType(type))
                yield return face;
        }
    }

    private static bool IsRecord(Type type) => type.IsValueType
        ? type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true
        : type.GetMethod("<Clone>$") is not null;

    private static string? Access(MethodBase method) =>
        method.DeclaringType!.IsInterface ? "" : Access(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly);

    private static string? Access(bool isPublic, bool isProtected) => isPublic ? "public " : isProtected ? "protected " : null;

    private static string FieldKind(FieldInfo field) =>
        field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return "";
        if (method.IsStatic)
            return "static ";
        if (method.GetBaseDefinition() != method)
            return method.IsFinal ? "sealed override " : "override ";
        return method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "";
    }

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Constraints(Type[] arguments) => string.Concat(arguments
        .Where(argument => argument.IsGenericParameter)
        .Select(argument => (argument.Name, Rules: string.Join(", ", Constraints(argument))))
        .Where(argument => argument.Rules.Length > 0)
        .Select(argument => $" where {argument.Name} : {argument.Rules}"));

    private static IEnumerable<string> Constraints(Type argument)
    {
        GenericParameterAttributes rules = argument.GenericParameterAttributes;
        bool isStruct = rules.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isStruct)
            yield return "struct";
        if (rules.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            yield return "class";
        foreach (Type constraint in argument.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType)))
            yield return TypeNames.Of(constraint);
        if (!isStruct && rules.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            yield return "new()";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string way = parameter switch
        {
            { ParameterType.IsByRef: true, IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            _ => "",
        };
        string value = parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue is null && !parameter.ParameterType.IsValueType ? "null" : Value(parameter.RawDefaultValue)) : "";
        return $"{way}{Type(Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    /// <summary>A type with its marks of nullability; a type parameter has none, because its argument says that.</summary>
    private static string Type(NullabilityInfo type)
    {
        Type plain = type.Type.IsByRef ? type.Type.GetElementType()! : type.Type;
        if (Nullable.GetUnderlyingType(plain) is { } underlying)
            return TypeNames.Of(underlying) + "?";
        string name = plain.IsArray && type.ElementType is not null ? Type(type.ElementType) + "[]"
            : plain.IsGenericType && type.GenericTypeArguments.Length == plain.GetGenericArguments().Length
                ? TypeNames.Of(plain, [.. type.GenericTypeArguments.Select(Type)])
            : TypeNames.Of(plain);
        return !plain.IsValueType && !plain.IsGenericParameter && type.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
