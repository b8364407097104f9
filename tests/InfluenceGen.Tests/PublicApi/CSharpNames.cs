using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Tests.PublicApi;

/// <summary>How C# writes types, parameters and values, nullability included, without namespaces.</summary>
internal static class CSharpNames
{
    private static readonly NullabilityInfoContext _nullability = new();

    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>A type, as it is written where nullability plays no part.</summary>
    public static string Of(Type type) => Of(type, null, new Queue<string?>());

    /// <summary>The type of a property.</summary>
    public static string Of(PropertyInfo property) => Of(property.PropertyType, _nullability.Create(property), TupleNames(property));

    /// <summary>The type of a field.</summary>
    public static string Of(FieldInfo field) => Of(field.FieldType, _nullability.Create(field), TupleNames(field));

    /// <summary>A parameter: modifiers, type, name and default.</summary>
    public static string Of(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params "
            : !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : parameter.IsIn ? "in "
            : "ref ";
        var suffix = parameter.HasDefaultValue ? $" = {Value(parameter.DefaultValue, parameter.ParameterType)}" : "";
        return $"{prefix}{Type(parameter)} {parameter.Name}{suffix}";
    }

    /// <summary>What a method returns.</summary>
    public static string Returned(MethodInfo method) =>
        (method.ReturnType.IsByRef ? "ref " : "") + Type(method.ReturnParameter);

    /// <summary>A list of parameters in its brackets.</summary>
    public static string List(IEnumerable<ParameterInfo> parameters, string open = "(", string close = ")") =>
        $"{open}{string.Join(", ", parameters.Select(Of))}{close}";

    /// <summary>The name of a type or method with its type parameters.</summary>
    public static string Declared(string name, Type[] parameters) => parameters.Length == 0
        ? name
        : $"{name.Split('`')[0]}<{string.Join(", ", parameters.Select(Variance))}>";

    /// <summary>The clauses that constrain type parameters.</summary>
    public static string Constraints(Type[] parameters) => string.Concat(parameters
        .Select(parameter => (parameter.Name, Clauses: Clauses(parameter).ToArray()))
        .Where(parameter => parameter.Clauses.Length > 0)
        .Select(parameter => $" where {parameter.Name} : {string.Join(", ", parameter.Clauses)}"));

    /// <summary>A constant.</summary>
    public static string Value(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        bool truth => truth ? "true" : "false",
        string text => $"\"{text}\"",
        _ when type.IsEnum => $"{type.Name}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Type(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return Of(type.IsByRef ? type.GetElementType()! : type, _nullability.Create(parameter), TupleNames(parameter));
    }

    /// <param name="type">The type.</param>
    /// <param name="nullability">What is known of it and its arguments; null for nothing.</param>
    /// <param name="tupleNames">Names of the elements of all tuples in it, outer before inner; taken as they are used.</param>
    private static string Of(Type type, NullabilityInfo? nullability, Queue<string?> tupleNames)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, null, tupleNames) + "?";
        }

        // Of a type parameter it is not known whether it was written with a question mark.
        var mark = !type.IsValueType && !type.IsGenericParameter && nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability?.ElementType, tupleNames)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (!type.IsGenericType)
        {
            return _keywords.GetValueOrDefault(type, type.Name) + mark;
        }

        var types = type.GetGenericArguments();
        if (type.IsAssignableTo(typeof(ITuple)))
        {
            var names = types.Select(_ => tupleNames.TryDequeue(out var name) && name is not null ? $" {name}" : "").ToArray();
            return $"({string.Join(", ", Arguments().Select((argument, i) => argument + names[i]))})";
        }

        return $"{type.Name.Split('`')[0]}<{string.Join(", ", Arguments())}>{mark}";

        IEnumerable<string> Arguments() =>
            types.Select((argument, i) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i), tupleNames));
    }

    private static Queue<string?> TupleNames(ICustomAttributeProvider declared) => new(
        declared.GetCustomAttributes(typeof(TupleElementNamesAttribute), inherit: false).Cast<TupleElementNamesAttribute>()
            .SelectMany(attribute => attribute.TransformNames));

    private static string Variance(Type parameter) =>
        (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
        {
            GenericParameterAttributes.Contravariant => "in ",
            GenericParameterAttributes.Covariant => "out ",
            _ => "",
        } + parameter.Name;

    private static IEnumerable<string> Clauses(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        if (parameter.CustomAttributes.Any(attribute => attribute.AttributeType == typeof(IsUnmanagedAttribute)))
        {
            yield return "unmanaged";
        }
        else if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "struct";
        }
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        foreach (var constraint in parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)))
        {
            yield return Of(constraint);
        }

        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)
            && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "new()";
        }
    }
}
