using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace InfluenceGen.Tests.PublicApi;

/// <summary>
/// Writes down what an assembly offers to others, a line for each type and member, as C# declares them: sorted, and the
/// same text on every machine. What the compiler adds to records and extensions is left out.
/// </summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var space in assembly.GetExportedTypes().Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal)).GroupBy(type => type.Namespace).OrderBy(space => space.Key, StringComparer.Ordinal))
        {
            text.Append($"namespace {space.Key}\n");
            foreach (var type in space.OrderBy(Name, StringComparer.Ordinal))
            {
                text.Append($"\n    {Declaration(type)}\n");
                foreach (var member in Members(type))
                {
                    text.Append($"        {member}\n");
                }
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Declaration(Type type)
    {
        var parameters = type.GetGenericArguments();
        var name = CSharpNames.Declared(Name(type), parameters);
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"delegate {CSharpNames.Returned(invoke)} {name}{CSharpNames.List(invoke.GetParameters())}{CSharpNames.Constraints(parameters)}";
        }

        var bases = Bases(type).ToArray();
        return $"{Kind(type)} {name}{(bases.Length == 0 ? "" : " : ")}{string.Join(", ", bases)}{CSharpNames.Constraints(parameters)}";
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum || type.IsInterface)
        {
            return type.IsEnum ? "enum" : "interface";
        }

        var record = type.GetMethod("PrintMembers", Declared) is not null ? "record " : "";
        if (type.IsValueType)
        {
            return $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{record}struct";
        }

        var inheritance = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return $"{inheritance}{(record.Length > 0 ? "record" : "class")}";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            yield break;
        }

        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            yield return CSharpNames.Of(parent);
        }

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var own = type.GetInterfaces().Except(inherited)
            .Where(contract => contract.IsVisible && !IsEquatableToItself(contract, type))
            .Select(CSharpNames.Of).Order(StringComparer.Ordinal);
        foreach (var contract in own)
        {
            yield return contract;
        }
    }

    // Every record has it.
    private static bool IsEquatableToItself(Type contract, Type type) =>
        contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IEquatable<>) && contract.GenericTypeArguments[0] == type;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {CSharpNames.Value(field.GetRawConstantValue(), typeof(long))}");
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [];
        }

        var fields = type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)
            .Select(field => (field.Name, Text: Field(field)));
        var constructors = type.GetConstructors(Declared).Where(IsOffered).Where(IsWritten)
            .Select(made => (made.Name, Text: $"{Access(made)}{Name(type)}{CSharpNames.List(made.GetParameters())}"));
        var properties = type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsOffered))
            .Where(property => property.Name != "EqualityContract").Select(property => (property.Name, Text: Property(property)));
        var methods = type.GetMethods(Declared).Where(IsOffered).Where(IsWritten).Where(method => !IsAccessor(method))
            .Select(method => (method.Name, Text: Method(method)));
        return new[] { fields, constructors, properties, methods }.SelectMany(kind => kind
            .OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Text, StringComparer.Ordinal)
            .Select(member => member.Text));
    }

    private static string Field(FieldInfo field)
    {
        var kind = (field.IsPublic ? "" : "protected ")
            + (field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}");
        var value = field.IsLiteral ? $" = {CSharpNames.Value(field.GetRawConstantValue(), field.FieldType)}" : "";
        return $"{kind}{CSharpNames.Of(field)} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsOffered).ToArray();
        var index = property.GetIndexParameters();
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var kind = $"{Access(accessors[0])}{Modifiers(accessors[0])}{required}{(property.PropertyType.IsByRef ? "ref " : "")}";
        var type = property.PropertyType.IsByRef ? CSharpNames.Of(property.PropertyType.GetElementType()!) : CSharpNames.Of(property);
        var name = index.Length == 0 ? property.Name : $"this{CSharpNames.List(index, "[", "]")}";
        return $"{kind}{type} {name} {{ {string.Join(" ", accessors.Select(Accessor))} }}";
    }

    private static string Accessor(MethodInfo accessor) =>
        accessor.Name.StartsWith("get_", StringComparison.Ordinal) ? "get;"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;"
        : "set;";

    private static string Method(MethodInfo method)
    {
        var parameters = method.GetGenericArguments();
        var list = CSharpNames.List(method.GetParameters(), method.IsDefined(typeof(ExtensionAttribute)) ? "(this " : "(");
        var signature = $"{list}{CSharpNames.Constraints(parameters)}";
        var kind = $"{Access(method)}{Modifiers(method)}";
        return method.Name is "op_Implicit" or "op_Explicit"
            ? $"{kind}{method.Name[3..].ToLowerInvariant()} operator {CSharpNames.Returned(method)}{signature}"
            : $"{kind}{CSharpNames.Returned(method)} {CSharpNames.Declared(method.Name, parameters)}{signature}";
    }

    private static string Modifiers(MethodInfo method) =>
        method.DeclaringType!.IsInterface ? (method.IsStatic ? "static " : "")
        : method.IsStatic ? "static "
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? "override "
        : method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType.IsSealed ? "virtual "
        : "";

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsOffered(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>Whether a person wrote it: the compiler marks what it has added to a record.</summary>
    private static bool IsWritten(MethodBase method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.StartsWith('<');

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Name(Type type) => type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name.Split('`')[0]}" : type.Name.Split('`')[0];
}
